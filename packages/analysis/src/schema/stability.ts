import { quantile } from './quantile.ts';

/** How much seeds differ. */
export interface Stability {
  /** Number of runs. */
  n: number;
  /** Sample standard deviation (n − 1); null for a single run. */
  std: number | null;
  least: number;
  most: number;
  /** most − least. */
  range: number;
}

/**
 * Spread of a metric over the seeds of one variant.
 *
 * @throws RangeError if there is no value or one is not finite.
 */
export function stability(values: readonly number[]): Stability {
  if (values.length === 0) throw new RangeError('stability: there must be at least one value; received none.');
  checkFinite('stability', 'value', values);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const std = values.length === 1 ? null : Math.sqrt(squares / (values.length - 1));
  return { n: values.length, std, least, most, range: most - least };
}

/** A step whose loss leapt out of what came before. */
export interface LossSpike {
  /** Its place among the losses. */
  index: number;
  loss: number;
  /** Median of the losses before it. */
  expected: number;
  /** How far it lies above, in robust standard deviations of log loss. */
  deviations: number;
}

/**
 * Steps whose loss leaps: `(log loss − median) / (1.4826 · MAD) > threshold`, median and MAD (median absolute deviation)
 * of the log losses of the `window` steps before it. In logs, since the noise of a batch's loss scales with the loss;
 * 1.4826 makes MAD the standard deviation where values are normal. The first `window` steps are not judged.
 *
 * The deviation is taken as at least 0.05 (5 % of the loss), or a loss that had stood still would leap at every change.
 *
 * @param losses Training losses in order, each ≥ 0.
 * @param options.window Steps before that are looked at, from 3. Default 50.
 * @param options.threshold Deviations from which on it is a spike. Default 6.
 * @throws RangeError if a loss is negative or not finite, or an option is out of range.
 * @see Leys et al. 2013, "Detecting outliers: do not use standard deviation around the mean, use absolute deviation around
 * the median", https://doi.org/10.1016/j.jesp.2013.03.013
 */
export function lossSpikes(
  losses: readonly number[],
  { window = 50, threshold = 6 }: { window?: number; threshold?: number } = {},
): LossSpike[] {
  checkFinite('lossSpikes', 'loss', losses);
  const negative = losses.find((loss) => loss < 0);
  if (negative !== undefined) throw new RangeError(`lossSpikes: each loss must be ≥ 0; received ${negative}.`);
  if (!Number.isInteger(window) || window < 3) {
    throw new RangeError(`lossSpikes: window must be a whole number from 3; received ${window}.`);
  }
  if (!(threshold > 0)) throw new RangeError(`lossSpikes: threshold must be above 0; received ${threshold}.`);
  const logs = losses.map((loss) => Math.log(loss + TINY));
  return losses.flatMap((loss, index): LossSpike[] => {
    if (index < window) return [];
    const before = logs.slice(index - window, index);
    const median = quantile(before, 0.5);
    const spread = quantile(
      before.map((log) => Math.abs(log - median)),
      0.5,
    );
    const deviations = ((logs[index] ?? Number.NaN) - median) / Math.max(1.4826 * spread, LEAST_DEVIATION);
    return deviations > threshold ? [{ index, loss, expected: Math.exp(median) - TINY, deviations }] : [];
  });
}

/** Makes the logarithm of a loss of 0 finite. */
const TINY = 1e-8;
const LEAST_DEVIATION = 0.05;

function checkFinite(who: string, what: string, values: readonly number[]): void {
  const stray = values.find((value) => !Number.isFinite(value));
  if (stray !== undefined) throw new RangeError(`${who}: each ${what} must be finite; received ${stray}.`);
}
