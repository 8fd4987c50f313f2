// @ts-check
/*
 * npm run bench:steps [-- --network fc,cnn,residual,resnet-20,mobilenet-v1] [--batch 32,64,256] [--rounds 5] [--steps 8]
 *                     [--torch PYTHON]... [--tfjs-node FOLDER] [--stock] [--json FILE]
 * What a training step takes through Ablate's own loop, with the workers that `auto` takes, with one and with one for each
 * core, and what it takes elsewhere: all alternate, some steps each, in every round. The ratios are the result. `--stock` adds TensorFlow.js as it
 * comes: fc on its wasm (it can't train convolutions) and cpu, cnn on cpu with a batch of 4, which takes it seconds.
 */
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { workersFor } from '@ablate/experiment/schema';
import { machine, othersRunning } from './machine.mjs';
import { digits, median, table } from './markdown.mjs';
import { networks, sizeOf } from './networks.mjs';
import { ablate, findTorch, pytorch, tensorflow } from './runners.mjs';

const { values: options } = parseArgs({
  options: {
    network: { type: 'string', default: 'fc,cnn,residual,resnet-20,mobilenet-v1' },
    batch: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '8' },
    torch: { type: 'string', multiple: true, default: ['python3', '/usr/bin/python3'] },
    'tfjs-node': { type: 'string' },
    stock: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const rounds = Number(options.rounds);
const stepsEach = Number(options.steps);
const cores = os.availableParallelism();
/** Milliseconds for which each runs before it is timed. */
const WARM_UP = 1500;
/** Networks that the peer of TensorFlow.js has. */
const known = ['fc', 'cnn', 'residual'];

/** @typedef {import('./runners.mjs').Runner} Runner */
/** @typedef {import('./runners.mjs').Work} Work */
/** @typedef {{ name: string, milliseconds: number, ratio: number, parts?: ReturnType<typeof partsOf> }} Row */

const graphs = await networks();
const torches = findTorch(options.torch);
const notice = await othersRunning();
console.log(`${machine()}. Medians of ${rounds} rounds of ${stepsEach} steps, all in turn. ${notice}\n`);
/** @type {Awaited<ReturnType<typeof compare>>[]} */
const results = [];
for (const network of options.network.split(',')) {
  const graph = graphs.get(network);
  if (graph === undefined) throw new Error(`unknown network "${network}": ${[...graphs.keys()].join(', ')}`);
  for (const batch of options.batch.split(',').map(Number)) {
    results.push(await compare({ network, graph, batch }, peersOf));
  }
  if (options.stock && network === 'cnn') results.push(await compare({ network, graph, batch: 4 }, stockCpu));
}
console.log(`\n### Where Ablate's step goes\n\n${splitTable()}`);
if (options.json !== undefined) {
  const versions = { node: process.version, peers: peerNames() };
  writeFileSync(
    options.json,
    `${JSON.stringify({ machine: machine(), notice, cores, versions, rounds, stepsEach, results }, null, 2)}\n`,
  );
}

/**
 * @param {Work} work
 * @param {(work: Work) => Promise<Runner | null>[]} peers
 */
async function compare(work, peers) {
  const { network, batch, graph } = work;
  // First what `workers: auto` takes: it is what the others are compared with.
  const auto = workersFor({ graph, training: { batchSize: batch, accumulate: 1 } }, cores);
  const ours = [...new Set([auto, cores, 1])].map((workers) => ablate(work, workers));
  const runners = [...ours];
  for (const runner of peers(work)) runners.push(...[(await runner) ?? []].flat());
  const times = new Map(runners.map(({ name }) => [name, /** @type {number[]} */ ([])]));
  for (const runner of runners) await warmUp(runner);
  const warm = ours.map(({ split }) => split?.().length ?? 0);
  for (let round = 0; round < rounds; round++) {
    for (const runner of runners) times.get(runner.name)?.push(...(await runner.take(stepsEach)));
  }
  await Promise.all(runners.map((runner) => runner.end()));
  const timeOf = (/** @type {Runner} */ { name }) => median(times.get(name) ?? []);
  const best = timeOf(ours[0]);
  /** @type {Row[]} */
  const rows = runners.map((runner) => {
    const milliseconds = timeOf(runner);
    const parts = runner.split && partsOf(runner.split().slice(warm[runners.indexOf(runner)]));
    return { name: runner.name, milliseconds, ratio: best / milliseconds, ...(parts && { parts }) };
  });
  const { parameters, macs } = sizeOf(work.graph);
  console.log(
    `\n### ${network}, batch ${batch}\n\n${parameters} parameters, ${(macs / 1e6).toFixed(2)} million MACs an image, in each.\n`,
  );
  const cells = rows.map(({ name, milliseconds, ratio }) => [name, digits(milliseconds), ratio.toPrecision(2)]);
  console.log(table(['', 'ms a step', `${ours[0]?.name} ÷ it`], cells));
  return { network, batch, parameters, macs, rows };
}

/**
 * What a compiler does in the first steps takes cores from the others: of small networks it is most of what there is.
 *
 * @param {Runner} runner
 */
async function warmUp(runner) {
  const until = performance.now() + WARM_UP;
  do await runner.take(stepsEach);
  while (performance.now() < until);
}

/** @param {Work} work */
function peersOf(work) {
  const { network } = work;
  const peers = torches.flatMap((torch) => [pytorch(torch, work, 'default'), pytorch(torch, work, 'best')]);
  const folder = options['tfjs-node'];
  if (folder !== undefined && known.includes(network)) peers.push(tensorflow('node', work, folder));
  if (options.stock && network === 'fc') peers.push(tensorflow('wasm', work), tensorflow('cpu', work));
  return peers;
}

/** Each with its version. */
function peerNames() {
  const names = results.flatMap(({ rows }) => rows.flatMap(({ name, parts }) => (parts === undefined ? [name] : [])));
  return [...new Set(names)];
}

/** @param {Work} work */
function stockCpu(work) {
  // One step of it takes seconds.
  return [tensorflow('cpu', work).then((runner) => runner && { ...runner, take: () => runner.take(1) })];
}

/**
 * Medians over steps. What no kernel and no waiting accounts for is dispatch: tfjs, the loop, reading examples.
 *
 * @param {readonly import('./runners.mjs').Step[]} steps
 */
function partsOf(steps) {
  const timed = steps.flatMap(({ time, ...step }) => (time === null ? [] : [{ time, ...step }]));
  const middle = (/** @type {(step: (typeof timed)[number]) => number} */ of) => median(timed.map(of));
  return {
    forward: middle((step) => step.forward),
    backward: middle((step) => step.backward),
    optimizer: middle((step) => step.optimizer),
    dispatch: middle(
      ({ time, forward, backward, optimizer, waiting }) => time - forward - backward - optimizer - waiting,
    ),
    waiting: middle((step) => step.waiting),
    kernels: middle((step) => step.kernels),
    memory: steps.at(-1)?.memory,
  };
}

function splitTable() {
  const rows = results.flatMap(({ network, batch, rows: [first, second] }) =>
    [first, ...(cores > 1 ? [second] : [])].map(({ name, milliseconds, parts }) => [
      `${network}, batch ${batch}, ${name.replace('Ablate, ', '')}`,
      ...(parts === undefined
        ? []
        : [parts.forward, parts.backward, parts.optimizer, parts.dispatch, parts.waiting].map(digits)),
      digits(milliseconds),
      String(parts?.kernels),
    ]),
  );
  const head = ['ms', 'forward', 'backward', 'optimizer', 'dispatch and data', 'waiting', 'step', 'kernels dispatched'];
  return table(head, rows);
}
