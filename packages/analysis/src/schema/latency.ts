import type { Pair } from './receptive-field.ts';
import { quantile } from './quantile.ts';

/** A round is warm when it takes at most this much longer than the median of the second half. */
export const WARM_TOLERANCE = 0.2;
/** Too noisy to tell: the 95 % interval of the median is wider than this share of the median. */
export const NOISY_INTERVAL = 0.1;
/** Too noisy to tell: the medians of the first and the second half of the warm rounds differ by more than this share. */
export const NOISY_DRIFT = 0.1;
/** With fewer warm rounds no two of them bound the median at 95 %. */
export const LEAST_ROUNDS = 6;

/** How long a warm round takes, in the unit of the times. */
export interface Latency {
  median: number;
  /** 95th percentile. */
  p95: number;
  /** 99th percentile; with fewer than 100 rounds it lies between the two slowest. */
  p99: number;
  /** 95 % interval of the median, without assuming a distribution: between two of the rounds. */
  interval: Pair;
  /** Rounds at the start that do not count: caches, buffers and compiled code are prepared in them. */
  warmup: number;
  /** Rounds that count. */
  rounds: number;
  /** The machine did other things: differences between models can't be told from these times. */
  noisy: boolean;
}

/**
 * Latency of the rounds after warm-up. Warm-up ends at the first round that, like the median of it and the next two, takes at
 * most 1.2 times the median of the second half. If that is only in the second half, or never, the first half is taken as
 * warm-up, and the times are noisy. They are also noisy if fewer than 6 rounds count, if the interval of the median is
 * wider than 10 % of it, or if the halves differ by more than 10 %.
 *
 * @param times Of the rounds, in order, warm-up included.
 * @throws RangeError if there are no times, or one is negative or not finite.
 */
export function latency(times: readonly number[]): Latency {
  if (times.length === 0) throw new RangeError('latency: there must be times; received none.');
  const wrong = times.find((time) => !(time >= 0 && Number.isFinite(time)));
  if (wrong !== undefined) throw new RangeError(`latency: a time must be finite and ≥ 0; received ${wrong}.`);
  const half = Math.floor(times.length / 2);
  const limit = (1 + WARM_TOLERANCE) * quantile(times.slice(half), 0.5);
  const warm = times.findIndex((time, at) => time <= limit && quantile(times.slice(at, at + 3), 0.5) <= limit);
  const settled = warm >= 0 && warm <= half;
  const warmup = settled ? warm : half;
  const counted = times.slice(warmup);
  const median = quantile(counted, 0.5);
  const interval = medianInterval(counted);
  const middle = Math.ceil(counted.length / 2);
  const drift = Math.abs(quantile(counted.slice(0, middle), 0.5) - quantile(counted.slice(-middle), 0.5));
  const noisy =
    !settled ||
    counted.length < LEAST_ROUNDS ||
    interval[1] - interval[0] > NOISY_INTERVAL * median ||
    drift > NOISY_DRIFT * median;
  const [p95, p99] = [quantile(counted, 0.95), quantile(counted, 0.99)];
  return { median, p95, p99, interval, warmup, rounds: counted.length, noisy };
}

/** Order statistics of ranks `(n ∓ 1.96 √n)/2`: the normal approximation of the binomial of how many lie below. */
function medianInterval(times: readonly number[]): Pair {
  const sorted = times.toSorted((a, b) => a - b);
  const reach = 1.96 * Math.sqrt(sorted.length);
  const low = Math.max(1, Math.floor((sorted.length - reach) / 2));
  const high = Math.min(sorted.length, Math.ceil(1 + (sorted.length + reach) / 2));
  return [sorted[low - 1] ?? Number.NaN, sorted[high - 1] ?? Number.NaN];
}
