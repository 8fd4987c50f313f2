import { studentP, studentT } from './student-t.ts';

/** How far two variants are apart over the seeds they share, and how sure that is. */
export interface PairedDifference {
  /** Number of seeds both have. */
  pairs: number;
  /** Mean of a − b. */
  mean: number;
  /** Ends of the interval of the mean; null for fewer than two pairs, or differences without spread. */
  low: number | null;
  high: number | null;
  /** Two-sided p value of "the mean difference is 0", not corrected for many comparisons; null as the interval is. */
  p: number | null;
  /** Cohen's d of paired values, mean / standard deviation of the differences; null as the interval is. */
  effectSize: number | null;
}

/**
 * Student's paired t test of two variants: d = a − b for each seed, `t = d̄ · √n / s` with n − 1 degrees of freedom, and
 * the interval `d̄ ± t(n − 1) · s / √n`. Pairing takes out what a seed does to both (its data order and masks).
 *
 * Differences without spread have neither interval nor p: t would be infinite, which says that the values are coarse (an
 * accuracy over few images) or do not vary over seeds, not that the mean is known for certain. "Without spread" means no
 * more of it than rounding makes: s ≤ 8 · 2⁻⁵² · the largest |value|. A quantity that no seed changes (parameters, MACs)
 * needs no test: compare `mean`.
 *
 * @param a Values of one variant, one for each seed.
 * @param b Values of the other, of the same seeds in the same order.
 * @param level Confidence level of the interval, in (0, 1).
 * @throws RangeError if the lengths differ, there is no pair, a value is not finite, or the level is not in (0, 1).
 * @see Student 1908, "The probable error of a mean"; agrees with scipy.stats.ttest_rel.
 */
export function pairedDifference(a: readonly number[], b: readonly number[], level = 0.95): PairedDifference {
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`pairedDifference: level must be in (0, 1); received ${level}.`);
  }
  if (a.length !== b.length) {
    throw new RangeError(
      `pairedDifference: both variants must have a value for each seed; received ${a.length} and ${b.length} values.`,
    );
  }
  const stray = [...a, ...b].find((value) => !Number.isFinite(value));
  if (stray !== undefined) throw new RangeError(`pairedDifference: each value must be finite; received ${stray}.`);
  const pairs = a.length;
  if (pairs === 0) throw new RangeError('pairedDifference: there must be at least one pair; received none.');
  const differences = a.map((value, seed) => value - (b[seed] ?? Number.NaN));
  const mean = differences.reduce((sum, value) => sum + value, 0) / pairs;
  const none = { pairs, mean, low: null, high: null, p: null, effectSize: null };
  if (pairs === 1) return none;
  const std = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (pairs - 1));
  const rounding = 8 * Number.EPSILON * [...a, ...b].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (std <= rounding) return none;
  const error = std / Math.sqrt(pairs);
  const margin = studentT(level, pairs - 1) * error;
  return {
    pairs,
    mean,
    low: mean - margin,
    high: mean + margin,
    p: studentP(mean / error, pairs - 1),
    effectSize: mean / std,
  };
}

/** What the runs say of a claim. */
export type Verdict = 'held' | 'not held' | 'undecided';

/**
 * Judges "a is greater (or less) than b" at a level. Held: the interval of that level lies wholly on the claimed side of
 * 0; not held: wholly on the other; undecided: it holds 0, or there is none.
 *
 * The interval of a level leaves out 0 exactly when p < 1 − level. p decides, so that one corrected by {@link holm} can
 * stand in its place, and the difference may have been taken at another level.
 *
 * @param level In (0, 1).
 * @throws RangeError if the level is not in (0, 1).
 */
export function decide(
  { mean, p }: Pick<PairedDifference, 'mean' | 'p'>,
  direction: 'greater' | 'less',
  level = 0.95,
): Verdict {
  if (!(level > 0 && level < 1)) throw new RangeError(`decide: level must be in (0, 1); received ${level}.`);
  if (p === null || p >= 1 - level) return 'undecided';
  return mean > 0 === (direction === 'greater') ? 'held' : 'not held';
}

/**
 * Holm's correction of p values for many comparisons: the k-th smallest of m (from 0) times m − k, none smaller than the
 * one before it, none above 1. The chance of even one wrong "there is a difference" among all stays ≤ 1 − level, however
 * the comparisons depend on each other.
 *
 * @returns The corrected values, in the order received.
 * @throws RangeError if a value is not in [0, 1].
 * @see Holm 1979, "A simple sequentially rejective multiple test procedure"
 */
export function holm(pValues: readonly number[]): number[] {
  const stray = pValues.find((p) => !(p >= 0 && p <= 1));
  if (stray !== undefined) throw new RangeError(`holm: each p value must be in [0, 1]; received ${stray}.`);
  const corrected = [...pValues];
  const order = [...pValues.entries()].sort(([, a], [, b]) => a - b);
  let least = 0;
  for (const [rank, [place, p]] of order.entries()) {
    least = Math.max(least, Math.min(1, p * (pValues.length - rank)));
    corrected[place] = least;
  }
  return corrected;
}
