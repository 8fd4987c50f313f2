/*
 * npm run bench -w packages/tensor-backends [-- --json FILE] [--rounds N] [--only kernels|steps]
 * What each kernel reaches of this machine's micro-kernel peak, and what a training step at batch 64 takes.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { startBackend } from '../src/index.ts';
import { convolutionResults } from './kernels.ts';
import { median, medians } from './measure.ts';
import { cnn, residual, trainer } from './networks.ts';
import { microKernelPeak, peakOperations } from './peak.ts';
import { profileKernels } from './profile.ts';

const { values: options } = parseArgs({
  options: { json: { type: 'string' }, rounds: { type: 'string', default: '9' }, only: { type: 'string' } },
});
const rounds = Number(options.rounds);
await startBackend('wasm');
const micro = await microKernelPeak();
const peak = peakOperations / medians([micro], 31).get('peak')! / 1e6;
console.log(
  `${cpus()[0]?.model}, Node ${process.version}, one thread, processor time; micro-kernel peak ${peak.toFixed(1)} GFLOP/s`,
);

const kernels = options.only === 'steps' ? [] : convolutionResults(rounds, micro);
if (kernels.length > 0) {
  console.log('\nkernel, batch 64                  pass                 ms   GFLOP/s  of peak');
  for (const { kernel, pass, milliseconds, gigaflops, peak: beside } of kernels) {
    const share = `${((100 * gigaflops) / beside).toFixed(0)} %`;
    console.log(
      `${kernel.padEnd(33)} ${pass.padEnd(16)} ${milliseconds.toFixed(2).padStart(6)} ${gigaflops.toFixed(1).padStart(9)} ${share.padStart(8)}`,
    );
  }
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
  writeFileSync(options.json, `${JSON.stringify({ machine, peak, kernels, steps }, null, 2)}\n`);
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
