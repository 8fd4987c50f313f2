// @ts-check
import os from 'node:os';

/** The machine that figures were measured on, in one line without a date. */
export function machine() {
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${os.cpus()[0]?.model.trim() ?? 'unknown processor'}, ${os.availableParallelism()} cores, ${memory} GiB, Node ${process.version}`;
}

/** Says so where other programs run: then ratios hold better than times. Empty on a quiet machine. */
export function busy() {
  const [load = 0] = os.loadavg();
  return load < 0.5 ? '' : `Load average at the start: ${load.toFixed(1)}. Other programs were running.`;
}
