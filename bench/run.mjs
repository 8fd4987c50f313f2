// @ts-check
/*
 * npm run bench [-- --full] [--torch PYTHON]... [--tfjs-node FOLDER] [--network LIST] [--batch LIST] [--rounds N] [--steps N]
 *               [--json FILE]
 * All tables, in Markdown: what the kernels reach of this machine's peak, and what training steps take here and elsewhere,
 * stock TensorFlow.js included. In about three minutes at batch 64; --full also takes batches 32 and 256.
 * bench/README.md says how to get the peers.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    json: { type: 'string' },
    network: { type: 'string' },
    batch: { type: 'string' },
    rounds: { type: 'string' },
    steps: { type: 'string' },
    torch: { type: 'string', multiple: true },
    'tfjs-node': { type: 'string' },
  },
});
const { full, json, ...ofSteps } = options;
const passedOn = Object.entries(ofSteps).flatMap(([name, values]) =>
  [values].flat().flatMap((value) => [`--${name}`, value]),
);
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
  const batches = full ? ['--batch', '32,64,256'] : [];
  const steps = measure('steps', process.execPath, ['bench/steps.mjs', '--stock', ...batches, ...passedOn]);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ kernels, steps }, null, 2)}\n`);
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
