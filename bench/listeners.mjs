// @ts-check
/*
 * npm run bench:listeners [-- --network cnn,residual,fc] [--rounds 5] [--steps 48] [--json FILE]
 * What listening costs: blocks of training steps of which each is written to metrics.jsonl and told to another thread
 * alternate with blocks without an event, and processor time is compared. One worker, batch 64, Adam.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MessageChannel } from 'node:worker_threads';
import { toLayersModel } from '@ablate/architectures';
import { RunLogs } from '@ablate/experiment/node';
import { startBackend } from '@ablate/tensor-backends';
import { block, median } from './blocks.mjs';
import { machine } from './machine.mjs';
import { networks } from './networks.mjs';

/** A run tells of some 100 steps an epoch: of MNIST, every ninth. */
const EVERY = 9;

const { values: options } = parseArgs({
  options: {
    network: { type: 'string', default: 'cnn,residual,fc' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '48' },
    json: { type: 'string' },
  },
});
const [rounds, steps] = [Number(options.rounds), Number(options.steps)];

await startBackend('wasm');
const graphs = await networks();
const folder = mkdtempSync(join(os.tmpdir(), 'ablate-bench-'));
const logs = new RunLogs(folder);
const { port1, port2 } = new MessageChannel();
// As what is printed of a run: read in another turn, and shown elsewhere.
port2.on('message', (event) => void JSON.stringify(event));
const listening = {
  stepEvents: 1,
  /** @param {import('@ablate/training/schema').TrainingEvent} event */
  onEvent(event) {
    logs.add(event);
    port1.postMessage({ type: 'event', event });
  },
};
const results = [];
console.log(`${machine()}; medians of ${rounds} rounds of ${steps} steps; processor time`);
console.log(
  `${'network'.padEnd(12)}${'step ms'.padStart(10)}${'event ms'.padStart(12)}${`share at every ${EVERY} steps`.padStart(26)}`,
);
for (const network of options.network.split(',')) {
  const graph = graphs.get(network);
  if (graph === undefined) throw new Error(`unknown network "${network}": ${[...graphs.keys()].join(', ')}`);
  const model = toLayersModel(graph, { seed: 1 });
  /** @type {number[][]} */
  const taken = [[], []];
  /** @type {number[]} */
  const differences = [];
  for (let round = -1; round < rounds; round++) {
    // Neither is always the first.
    for (const listened of round % 2 === 0 ? [0, 1] : [1, 0]) {
      const { cpu } = await block(model, graph.inputShape, steps, listened === 1 ? listening : {});
      if (round >= 0) taken[listened]?.push(cpu);
    }
  }
  const [quiet = [], told = []] = taken;
  for (const [round, cpu] of quiet.entries()) differences.push((told[round] ?? Number.NaN) - cpu);
  const [step = 0, cost = 0] = [median(quiet), median(differences)];
  const share = cost / step / EVERY;
  results.push({ network, step, event: cost, share });
  console.log(
    `${network.padEnd(12)}${step.toFixed(2).padStart(10)}${cost.toFixed(3).padStart(12)}${`${(share * 100).toFixed(2)} %`.padStart(26)}`,
  );
  model.dispose();
}
port1.close();
logs.close();
rmSync(folder, { recursive: true });
if (options.json !== undefined) {
  writeFileSync(
    options.json,
    `${JSON.stringify({ machine: machine(), rounds, steps, every: EVERY, results }, null, 2)}\n`,
  );
}
