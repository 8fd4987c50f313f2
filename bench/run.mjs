// @ts-check
/*
 * npm run bench [-- --full] [--json FILE] [-- options of bench/steps.mjs]
 * All tables, in Markdown: what the kernels reach of this machine's peak, and what training steps take here and elsewhere,
 * stock TensorFlow.js included. In about three minutes at batch 64; --full also takes batches 32 and 256.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options, positionals: passedOn } = parseArgs({
  options: { full: { type: 'boolean', default: false }, json: { type: 'string' } },
  allowPositionals: true,
});
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ablate-bench-'));
try {
  console.log('## Kernels\n');
  const kernels = measure('kernels', 'npm', [
    'run',
    '--silent',
    'bench',
    '-w',
    'packages/tensor-backends',
    '--',
    '--only',
    'kernels',
  ]);
  console.log('\n## Training steps\n');
  const batches = options.full ? ['--batch', '32,64,256'] : [];
  const steps = measure('steps', process.execPath, ['bench/steps.mjs', '--stock', ...batches, ...passedOn]);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ kernels, steps }, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @param {string} name @param {string} command @param {string[]} args */
function measure(name, command, args) {
  const file = join(folder, `${name}.json`);
  const { status } = spawnSync(command, [...args, '--json', file], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`the bench of ${name} ended with ${status}`);
  return JSON.parse(readFileSync(file, 'utf8'));
}
