// @ts-check
/*
 * npm run bench:steps [-- --network cnn,residual] [--batch 64] [--rounds 5] [--steps 12] [--torch PYTHON]
 *                     [--tfjs-node FOLDER] [--stock] [--json FILE]
 * What a training step takes through Ablate's own loop, with one worker and with one for each core, and what it takes
 * elsewhere: all alternate, some steps each, in every round. The ratios are the result.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launchReplicas } from '@ablate/training/node';
import { machine, networks } from './networks.mjs';

const { values: options } = parseArgs({
  options: {
    network: { type: 'string', default: 'fc,cnn,residual' },
    batch: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '12' },
    torch: { type: 'string', default: 'python3' },
    'tfjs-node': { type: 'string' },
    stock: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const rounds = Number(options.rounds);
const stepsEach = Number(options.steps);
const cores = os.availableParallelism();
const peersFolder = fileURLToPath(new URL('peers/', import.meta.url));
/** Room that glibc keeps, so that large tensors cost no page faults. */
const tunedMalloc = {
  MALLOC_MMAP_THRESHOLD_: '4294967296',
  MALLOC_TRIM_THRESHOLD_: '4294967296',
  MALLOC_TOP_PAD_: '268435456',
};

/** @typedef {{ time: number | null, forward: number, backward: number, optimizer: number, kernels: number, waiting: number, memory: object }} Step */
/** @typedef {{ name: string, about: string, take(steps: number): Promise<number[]>, end(): Promise<void>, split?: () => Step[] }} Runner */

const graphs = await networks();
const results = [];
console.log(`${machine()}, ${cores} cores; medians of ${rounds} rounds of ${stepsEach} steps, taken in turn`);
for (const network of options.network.split(',')) {
  const graph = graphs.get(network);
  if (graph === undefined) throw new Error(`unknown network "${network}": ${[...graphs.keys()].join(', ')}`);
  for (const batch of options.batch.split(',').map(Number)) {
    const runners = await start(network, graph, batch);
    const times = new Map(runners.map(({ name }) => [name, /** @type {number[]} */ ([])]));
    for (let round = -1; round < rounds; round++) {
      for (const runner of runners) {
        const taken = await runner.take(stepsEach);
        if (round >= 0) times.get(runner.name)?.push(...taken);
      }
    }
    await Promise.all(runners.map((runner) => runner.end()));
    const ours = median(times.get(`ablate, ${cores} workers`) ?? []);
    console.log(`\n${network}, batch ${batch}\n${'  '.padEnd(44)}ms a step   ours ÷ it`);
    for (const { name, about, split } of runners) {
      const milliseconds = median(times.get(name) ?? []);
      const row = { network, batch, name, about, milliseconds, ratio: ours / milliseconds };
      console.log(
        `  ${`${name} ${about}`.padEnd(42)}${milliseconds.toFixed(2).padStart(9)}${row.ratio.toFixed(2).padStart(12)}`,
      );
      const parts = split === undefined ? undefined : partsOf(split(), milliseconds);
      if (parts !== undefined) console.log(`      ${parts.text}`);
      results.push({ ...row, ...(parts && { parts: parts.values }) });
    }
  }
}
if (options.json !== undefined) {
  writeFileSync(
    options.json,
    `${JSON.stringify({ machine: machine(), cores, rounds, stepsEach, results }, null, 2)}\n`,
  );
}

/**
 * @param {string} network
 * @param {import('@ablate/architectures/schema').Graph} graph
 * @param {number} batch
 * @returns {Promise<Runner[]>}
 */
async function start(network, graph, batch) {
  const runners = [ours(graph, batch, cores), ...(cores > 1 ? [ours(graph, batch, 1)] : [])];
  for (const layout of ['default', 'best']) {
    const env = layout === 'best' ? tunedMalloc : {};
    const peer = await startPeer(
      `PyTorch, ${layout}`,
      options.torch,
      ['pytorch.py', network, String(batch), layout],
      env,
    );
    if (peer !== null) runners.push(peer);
  }
  const folder = options['tfjs-node'];
  const known = ['fc', 'cnn', 'residual'].includes(network);
  if (folder !== undefined && known) {
    const peer = await startPeer('tfjs-node', process.execPath, [
      'stock-tfjs.mjs',
      network,
      String(batch),
      'node',
      folder,
    ]);
    if (peer !== null) runners.push(peer);
  }
  if (options.stock && known) {
    for (const backend of network === 'fc' ? ['wasm', 'cpu'] : ['cpu']) {
      const peer = await startPeer(`tfjs ${backend}, stock`, process.execPath, [
        'stock-tfjs.mjs',
        network,
        String(batch),
        backend,
      ]);
      // A step of its convolutions takes minutes at batch 64.
      if (peer !== null) runners.push(network === 'fc' ? peer : { ...peer, take: () => peer.take(1) });
    }
  }
  return runners;
}

/**
 * @param {import('@ablate/architectures/schema').Graph} graph
 * @param {number} batch
 * @param {number} workers
 * @returns {Runner}
 */
function ours(graph, batch, workers) {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const steps = (rounds + 1) * stepsEach;
  /** @type {Step[]} */
  const taken = [];
  /** @type {(() => void) | undefined} */
  let woken;
  let allowed = 0;
  const running = launchReplicas({
    module: new URL('step-program.mjs', import.meta.url),
    data: { graph, batch, gate, steps },
    workers,
    onMessage(/** @type {Step} */ step) {
      taken.push(step);
      woken?.();
    },
  });
  return {
    name: `ablate, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    about: 'wasm',
    async take(count) {
      const before = taken.length;
      allowed += count;
      Atomics.store(gate, 0, allowed);
      Atomics.notify(gate, 0);
      while (taken.length < allowed) {
        await Promise.race([running, new Promise((resolve) => (woken = () => resolve(undefined)))]);
      }
      return taken.slice(before).flatMap(({ time }) => time ?? []);
    },
    async end() {
      Atomics.store(gate, 0, 2 ** 30);
      Atomics.notify(gate, 0);
      await running;
    },
    split: () => taken.slice(stepsEach),
  };
}

/**
 * @param {string} name
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} env
 * @returns {Promise<Runner | null>}
 */
async function startPeer(name, command, args, env = {}) {
  const child = spawn(command, args, {
    cwd: peersFolder,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) =>
    child.once('close', resolve).once('error', (error) => resolve((stderr = error.message))),
  );
  const first = await lines.next();
  if (first.done === true) {
    await ended;
    console.log(`left out: ${name} (${stderr.trim().split('\n').at(-1) ?? 'it said nothing'})`);
    return null;
  }
  const { version, threads } = JSON.parse(first.value);
  return {
    name,
    about: `${version}, ${threads} threads`,
    async take(count) {
      child.stdin.write(`${count}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error(`${name} ended: ${stderr.slice(-500)}`);
      return JSON.parse(line.value);
    },
    async end() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'close');
    },
  };
}

/** @param {Step[]} steps @param {number} milliseconds */
function partsOf(steps, milliseconds) {
  const timed = steps.filter(({ time }) => time !== null);
  /** @param {'forward' | 'backward' | 'optimizer' | 'kernels' | 'waiting'} part */
  const middle = (part) => median(timed.map((step) => step[part]));
  const values = {
    forward: middle('forward'),
    backward: middle('backward'),
    optimizer: middle('optimizer'),
    waiting: middle('waiting'),
    kernels: middle('kernels'),
    memory: steps.at(-1)?.memory,
  };
  const dispatch = milliseconds - values.forward - values.backward - values.optimizer - values.waiting;
  const told = { ...values, dispatch };
  const text = `forward ${told.forward.toFixed(2)}, backward ${told.backward.toFixed(2)}, optimizer ${told.optimizer.toFixed(2)}, waiting ${told.waiting.toFixed(2)}, dispatch and data ${dispatch.toFixed(2)}; ${told.kernels} kernels`;
  return { text, values: told };
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
