/*
 * npm run bench -w packages/tensor-backends [-- --json FILE] [--rounds N] [--only kernels|steps]
 * What each kernel reaches of this machine's micro-kernel peak, or of the speed of copying, and what a training step at
 * batch 64 takes, kernel by kernel. One thread, processor time.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { startBackend } from '../src/index.ts';
import { convolutions, depthwiseConvolutions, type KernelResult, measureCases, products } from './kernels.ts';
import { median, medians } from './measure.ts';
import { memoryBound } from './memory-bound.ts';
import { cnn, residual, trainer } from './networks.ts';
import { profileKernels } from './profile.ts';
import { memoryCopy, microKernelPeak, type Yardstick } from './yardsticks.ts';

const { values: options } = parseArgs({
  options: { json: { type: 'string' }, rounds: { type: 'string', default: '9' }, only: { type: 'string' } },
});
const rounds = Number(options.rounds);
await startBackend('wasm');
const micro = await microKernelPeak();
const copy = memoryCopy();
const [peak, copying] = [micro, copy].map(rateOf);
console.log(
  `${cpus()[0]?.model}, Node ${process.version}, one thread, processor time. Micro-kernel peak ${peak?.toFixed(1)} GFLOP/s, copying ${copying?.toFixed(1)} GB/s.`,
);

const withKernels = options.only !== 'steps';
const computing = withKernels
  ? [products(), convolutions(), depthwiseConvolutions()].flatMap((cases) => measureCases(cases, rounds, micro))
  : [];
const moving = withKernels ? measureCases(memoryBound(), rounds, copy) : [];
if (withKernels) {
  print('GFLOP/s', 'of peak', computing);
  print('GB/s', 'of copying', moving);
}

const steps = options.only === 'kernels' ? [] : [cnn(), residual()].map((network) => stepResult(network));
for (const { network, milliseconds, forward, backward, optimizer, profile } of steps) {
  console.log(
    `\n${network}, batch 64: ${milliseconds.toFixed(1)} ms a step (forward ${forward.toFixed(1)}, backward ${backward.toFixed(1)}, optimizer ${optimizer.toFixed(2)})`,
  );
  for (const { kernel, calls, milliseconds: time } of profile) {
    console.log(`  ${kernel.padEnd(28)} ${String(calls).padStart(3)} × ${time.toFixed(2).padStart(7)} ms in all`);
  }
}
if (options.json !== undefined) {
  const machine = { model: cpus()[0]?.model, node: process.version };
  writeFileSync(
    options.json,
    `${JSON.stringify({ machine, peak, copying, kernels: [...computing, ...moving], steps }, null, 2)}\n`,
  );
}

function rateOf(yardstick: Yardstick): number {
  return yardstick.work / (medians([yardstick], 31).get(yardstick.name) ?? Number.NaN) / 1e6;
}

function print(unit: string, share: string, results: readonly KernelResult[]): void {
  console.log(`\n| kernel, batch 64 | pass | ms | ${unit} | ${share} |\n|---|---|---:|---:|---:|`);
  for (const { kernel, pass, milliseconds, rate, yardstick } of results) {
    const percent = ((100 * rate) / yardstick).toFixed(0);
    console.log(`| ${kernel} | ${pass} | ${milliseconds.toFixed(2)} | ${rate.toFixed(1)} | ${percent} % |`);
  }
}

function stepResult(network: ReturnType<typeof cnn>) {
  const step = trainer(network, 64);
  for (let i = 0; i < 5; i++) step();
  const times = Array.from({ length: rounds * 2 }, () => step());
  const of = (pick: (t: (typeof times)[number]) => number) => median(times.map(pick));
  const profile = profileKernels(() => {
    for (let i = 0; i < rounds; i++) step();
  });
  return {
    network: network.name,
    milliseconds: of((t) => t.forward + t.backward + t.optimizer),
    forward: of((t) => t.forward),
    backward: of((t) => t.backward),
    optimizer: of((t) => t.optimizer),
    profile: [...profile]
      .map(([kernel, { calls, milliseconds }]) => ({
        kernel,
        calls: calls / rounds,
        milliseconds: milliseconds / rounds,
      }))
      .toSorted((a, b) => b.milliseconds - a.milliseconds),
  };
}
