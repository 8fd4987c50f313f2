// @ts-check
/* What takes training steps on demand: Ablate's own loop in replicas, and peers in processes of their own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { launchReplicas } from '@ablate/training/node';
import { sizeOf } from './networks.mjs';

const peersFolder = fileURLToPath(new URL('peers/', import.meta.url));

/** Room that glibc keeps, so that large tensors cost no page faults. */
const tunedMalloc = {
  MALLOC_MMAP_THRESHOLD_: '4294967296',
  MALLOC_TRIM_THRESHOLD_: '4294967296',
  MALLOC_TOP_PAD_: '268435456',
};

/** @typedef {{ step: number, time: number | null, forward: number, backward: number, optimizer: number, kernels: number, waiting: number, memory: object }} Step */
/** @typedef {{ name: string, take(steps: number): Promise<number[]>, end(): Promise<void>, split?: () => Step[] }} Runner */
/** @typedef {{ network: string, graph: import('./networks.mjs').Graph, batch: number }} Work */

/**
 * @param {Work} work
 * @param {number} workers
 * @returns {Runner}
 */
export function ablate({ graph, batch }, workers) {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  /** @type {Step[]} */
  const taken = [];
  /** @type {(() => void) | undefined} */
  let woken;
  let allowed = 0;
  const ending = new AbortController();
  const running = launchReplicas({
    module: new URL('step-program.mjs', import.meta.url),
    data: { graph, batch, gate },
    workers,
    signal: ending.signal,
    onMessage(/** @type {Step} */ step) {
      taken.push(step);
      woken?.();
    },
  });
  return {
    name: `Ablate, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
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
      ending.abort();
      Atomics.store(gate, 0, 2 ** 30);
      Atomics.notify(gate, 0);
      await running;
    },
    split: () => taken,
  };
}

/**
 * Those of these Pythons that have a PyTorch; of equal versions, the first.
 *
 * @param {readonly string[]} commands
 */
export function findTorch(commands) {
  const found = new Map();
  for (const python of commands) {
    const { status, stdout } = spawnSync(python, ['-c', 'import torch; print(torch.__version__)'], {
      encoding: 'utf8',
    });
    const version = (stdout ?? '').trim();
    if (status !== 0) console.error(`left out: ${python} has no PyTorch`);
    else if (!found.has(version)) found.set(version, python);
  }
  return [...found].map(([version, python]) => ({ version, python }));
}

/**
 * PyTorch as it is installed, or at its best: channels_last, room kept by malloc.
 *
 * @param {{ version: string, python: string }} torch
 * @param {Work} work
 * @param {'default' | 'best'} settings
 */
export function pytorch({ version, python }, work, settings) {
  const args = [join(peersFolder, 'pytorch.py'), work.network, String(work.batch), settings];
  return peer(`PyTorch ${version}, ${settings}`, python, args, work, settings === 'best' ? tunedMalloc : {});
}

/**
 * TensorFlow.js as it comes.
 *
 * @param {'cpu' | 'wasm' | 'node'} backend
 * @param {Work} work
 * @param {string} [folder] That has tfjs-node installed.
 */
export function tensorflow(backend, work, folder) {
  const script = join(peersFolder, 'stock-tfjs.mjs');
  const args = [script, work.network, String(work.batch), backend, ...(folder === undefined ? [] : [resolve(folder)])];
  return peer(backend === 'node' ? 'tfjs-node' : `tfjs ${backend}`, process.execPath, args, work);
}

/**
 * @param {string} name
 * @param {string} command
 * @param {string[]} args
 * @param {Work} work
 * @param {Record<string, string>} env
 * @returns {Promise<Runner | null>} Null, with the reason on stderr, where it does not start.
 */
async function peer(name, command, args, { network, graph }, env = {}) {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((done) =>
    child.once('close', done).once('error', (error) => done((stderr = error.message))),
  );
  const first = await lines.next();
  if (first.done === true) {
    await ended;
    console.error(`left out: ${name} (${stderr.trim().split('\n').at(-1) ?? 'it said nothing'})`);
    return null;
  }
  const { version, parameters, macs } = JSON.parse(first.value);
  const own = sizeOf(graph);
  if (parameters !== own.parameters || (macs !== undefined && macs !== own.macs)) {
    child.kill();
    throw new Error(
      `${network} must be the same network in ${name}: ${own.parameters} parameters and ${own.macs} MACs; it has ${parameters} and ${macs}.`,
    );
  }
  return {
    name: name.includes(version) ? name : `${name} ${version}`,
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
