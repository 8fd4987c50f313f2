// @ts-check
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** The machine that figures were measured on, in one line without a date. */
export function machine() {
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${os.cpus()[0]?.model.trim() ?? 'unknown processor'}, ${os.availableParallelism()} cores, ${memory} GiB, Node ${process.version}`;
}

/** Says so where other programs run: then ratios hold better than times. Empty on a quiet machine. */
export async function othersRunning() {
  const before = busyMilliseconds();
  const start = performance.now();
  await sleep(500);
  const cores = (busyMilliseconds() - before) / (performance.now() - start);
  return cores < 0.15 ? '' : `Other programs were using ${cores.toFixed(1)} cores.`;
}

function busyMilliseconds() {
  return os.cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}
