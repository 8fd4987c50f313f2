import { execFile } from 'node:child_process';
import { appendFile, cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
let copy: string;

beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), 'kernels-'));
  for (const part of ['assembly', 'scripts', 'src/generated', 'package.json']) {
    await cp(join(root, part), join(copy, part), { recursive: true });
  }
});
afterEach(() => rm(copy, { recursive: true }));

test('kernels compiled from the assembly that is there are taken', async () => {
  expect(await load()).toBe('');
});

test.each<[change: string, make: () => Promise<void>]>([
  ['a changed source', () => appendFile(join(copy, 'assembly/winograd/products.ts'), '\n')],
  ['a source of another name', () => rename(join(copy, 'assembly/tile.ts'), join(copy, 'assembly/tiles.ts'))],
  ['one more source', () => writeFile(join(copy, 'assembly/new.ts'), '')],
  ['other flags of the compiler', () => appendFile(join(copy, 'scripts/build-wasm.mjs'), '\n')],
  [
    'kernels from before they had a hash',
    async () => {
      const file = join(copy, 'src/generated/kernels-binary.ts');
      await writeFile(file, (await readFile(file, 'utf8')).replace(/.*ASSEMBLY_HASH.*\n/, ''));
    },
  ],
])('%s is an error that says what to do', async (_, make) => {
  await make();
  expect(await load()).toContain(
    'Error: @ablate/tensor-backends: src/generated/kernels-binary.ts must be compiled from this assembly/; it is of another. Run: npm run wasm -w packages/tensor-backends\n',
  );
});

/** What a program says that imports the copy's `#kernels` from source. */
function load(): Promise<string> {
  const args = ['--import', 'tsx', join(copy, 'scripts/checked-kernels.mjs')];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: root }, (_error, _stdout, stderr) => resolve(stderr));
  });
}
