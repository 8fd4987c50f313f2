// @ts-check
/*
 * npm run bench:probes [-- --network cnn,residual,fc] [--rounds 9] [--steps 12] [--json FILE]
 * What the recorded analyses cost: blocks of training steps of which each is looked at alternate with blocks without any,
 * and processor time is compared. One worker, batch 64, Adam.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { toLayersModel } from '@ablate/architectures';
import { probesOf } from '@ablate/experiment/node';
import { startBackend } from '@ablate/tensor-backends';
import { block, median } from './blocks.mjs';
import { machine } from './machine.mjs';
import { networks } from './networks.mjs';

/** Steps between two that are looked at, unless a study is told otherwise. */
const EVERY = 100;
const ANALYSES = /** @type {const} */ ([
  ['gradient-flow', {}],
  ['activations', {}],
  ['doctor', {}],
  ['gradient-flow', { histograms: true }],
  ['activations', { histograms: true }],
]);

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
const results = [];
console.log(`${machine()}; medians of ${rounds} rounds of ${steps} steps; processor time`);
console.log(
  `${'network'.padEnd(12)}${'analysis'.padEnd(28)}${'step ms'.padStart(10)}${'look ms'.padStart(10)}${`share at every ${EVERY} steps`.padStart(28)}`,
);
for (const network of options.network.split(',')) {
  const graph = graphs.get(network);
  if (graph === undefined) throw new Error(`unknown network "${network}": ${[...graphs.keys()].join(', ')}`);
  const model = toLayersModel(graph, { seed: 1 });
  for (const [name, more] of ANALYSES) {
    const title = 'histograms' in more ? `${name}, histograms` : name;
    const probes = probesOf({ analysis: [{ name, options: { everySteps: 1, ...more } }], graph });
    /** @type {number[][]} */
    const taken = [[], []];
    for (let round = -1; round < rounds; round++) {
      for (const looked of [0, 1]) {
        const { cpu } = await block(model, graph.inputShape, steps, looked === 1 ? { probes } : {});
        if (round >= 0) taken[looked]?.push(cpu);
      }
    }
    const [step = 0, both = 0] = taken.map(median);
    const share = (both - step) / step / EVERY;
    results.push({ network, analysis: title, step, look: both - step, share });
    console.log(
      `${network.padEnd(12)}${title.padEnd(28)}${step.toFixed(2).padStart(10)}${(both - step).toFixed(2).padStart(10)}${`${(share * 100).toFixed(2)} %`.padStart(28)}`,
    );
  }
  model.dispose();
}
if (options.json !== undefined) {
  writeFileSync(
    options.json,
    `${JSON.stringify({ machine: machine(), rounds, steps, every: EVERY, results }, null, 2)}\n`,
  );
}
