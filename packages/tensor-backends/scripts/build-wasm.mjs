// Compiles assembly/ to WebAssembly and inlines it as base64: one way to load it in Node, bundlers and a single HTML file.
import { Buffer } from 'node:buffer';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const output = new Map();
const { error } = await asc.main(
  [
    'assembly/index.ts',
    '--baseDir',
    root,
    '--outFile',
    'kernels.wasm',
    '-O3',
    '--enable',
    'simd',
    '--runtime',
    'stub',
  ].concat(['--noAssert', '--importMemory', '--use', 'abort=']),
  { stderr: process.stderr, writeFile: (name, content) => void output.set(name, content) },
);
if (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
const binary = output.get('kernels.wasm');
mkdirSync(join(root, 'src/generated'), { recursive: true });
writeFileSync(
  join(root, 'src/generated/kernels-binary.ts'),
  `/** Made by scripts/build-wasm.mjs from assembly/. */\nexport const KERNELS_BASE64 =\n  '${Buffer.from(binary).toString('base64')}';\n`,
);
process.stdout.write(`kernels.wasm: ${binary.length} bytes\n`);
