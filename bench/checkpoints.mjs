// @ts-check
/*
 * npm run bench:checkpoints [-- --network cnn,residual,fc] [--rounds 9] [--steps 12] [--json FILE]
 * What a checkpoint costs: blocks of training steps with a checkpoint after each step alternate with blocks without any,
 * and processor time is compared. One worker, batch 64, Adam.
 */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toLayersModel } from '@ablate/architectures';
import { loadStudy, saveCheckpoint } from '@ablate/experiment/node';
import { planStudy } from '@ablate/experiment/schema';
import { startBackend } from '@ablate/tensor-backends';
import { block, median } from './blocks.mjs';
import { machine } from './machine.mjs';
import { networks } from './networks.mjs';

/** Seconds between checkpoints, unless a study is told otherwise. */
const EVERY = 30;

const { values: options } = parseArgs({
  options: {
    network: { type: 'string', default: 'cnn,residual,fc' },
    rounds: { type: 'string', default: '9' },
    steps: { type: 'string', default: '12' },
    json: { type: 'string' },
  },
});
const [rounds, steps] = [Number(options.rounds), Number(options.steps)];

await startBackend('wasm');
const graphs = await networks();
const study = await loadStudy(new URL('../experiments/quickstart.yaml', import.meta.url).pathname);
const [{ config }] = planStudy(study, {}).runs;
const notes = { fingerprint: '', config, versions: { code: '', tfjs: '' }, offsets: {} };
const results = [];
console.log(`${machine()}; medians of ${rounds} rounds of ${steps} steps; processor time`);
console.log(
  `${'network'.padEnd(12)}${'step ms'.padStart(10)}${'checkpoint ms'.padStart(15)}${'waits for the disk ms'.padStart(23)}${'file kB'.padStart(10)}${`share at one in ${EVERY} s`.padStart(24)}`,
);
for (const network of options.network.split(',')) {
  const graph = graphs.get(network);
  if (graph === undefined) throw new Error(`unknown network "${network}": ${[...graphs.keys()].join(', ')}`);
  const folder = mkdtempSync(join(os.tmpdir(), 'ablate-bench-'));
  const model = toLayersModel(graph, { seed: 1 });
  /** @type {{ cpu: number, wall: number }[][]} */
  const taken = [[], []];
  for (let round = -1; round < rounds; round++) {
    for (const withCheckpoints of [0, 1]) {
      const checkpoints = {
        everySteps: 1,
        save: (/** @type {import('@ablate/training/schema').Snapshot} */ snapshot) =>
          saveCheckpoint(folder, { snapshot, notes }),
      };
      const times = await block(model, graph.inputShape, steps, withCheckpoints === 1 ? { checkpoints } : {});
      if (round >= 0) taken[withCheckpoints].push(times);
    }
  }
  const [step, both] = taken.map((of) => median(of.map(({ cpu }) => cpu)));
  const [alone, together] = taken.map((of) => median(of.map(({ wall }) => wall)));
  const checkpoint = both - step;
  const bytes = statSync(join(folder, 'checkpoint', readdirSync(join(folder, 'checkpoint'))[0])).size;
  const waiting = Math.max(0, together - alone - checkpoint);
  const share = checkpoint / (EVERY * 1000);
  results.push({ network, step, checkpoint, waiting, bytes, share });
  console.log(
    `${network.padEnd(12)}${step.toFixed(2).padStart(10)}${checkpoint.toFixed(2).padStart(15)}${waiting.toFixed(2).padStart(23)}${(bytes / 1000).toFixed(0).padStart(10)}${`${(share * 100).toFixed(3)} %`.padStart(24)}`,
  );
  model.dispose();
  rmSync(folder, { recursive: true });
}
if (options.json !== undefined) {
  writeFileSync(
    options.json,
    `${JSON.stringify({ machine: machine(), rounds, steps, every: EVERY, results }, null, 2)}\n`,
  );
}
