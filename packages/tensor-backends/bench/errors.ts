/*
 * npm run errors -w packages/tensor-backends [-- --samples 1000] [--seed 1] [--json FILE]
 * How far every kernel of assembly/ is from the same in double precision, over made-up shapes: the worst of both builds
 * (with and without fused multiply-add). Errors of sums are relative to the norm of their terms without signs; 0: the
 * same bits.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as fc from 'fast-check';
import { startBackend } from '../src/index.ts';
import { wasmChecks } from '../test/kernel-checks/index.ts';

const { values: options } = parseArgs({
  options: {
    samples: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});
const numRuns = Number(options.samples);
const worst = new Map<string, { source: string; error: number; asked: string }>();
for (const fusedMultiplyAdd of [true, false]) {
  for (const { precise, checks } of wasmChecks) {
    await startBackend('wasm', { precise, fusedMultiplyAdd });
    for (const { kernel, source, samples } of checks) {
      for (const { asked, error: measure } of fc.sample(samples, { numRuns, seed: Number(options.seed) })) {
        const error = measure();
        const before = worst.get(kernel);
        if (before === undefined || error > before.error) worst.set(kernel, { source, error, asked });
      }
    }
  }
}
console.log(
  `Worst of ${numRuns} shapes in each of two builds.\n\n| kernel | assembly/ | error | where |\n|---|---|---:|---|`,
);
for (const [kernel, { source, error, asked }] of worst) {
  console.log(
    `| ${kernel} | ${source} | ${error === 0 ? '0' : error.toExponential(1)} | ${error === 0 ? '' : asked} |`,
  );
}
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(Object.fromEntries(worst), null, 2)}\n`);
