import { studentT } from './student-t.ts';

/** A mean and how sure it is. */
export interface MeanInterval {
  mean: number;
  /** Number of values. */
  n: number;
  /** Sample standard deviation (n − 1); null for a single value, which says nothing of the spread. */
  std: number | null;
  /** Confidence interval of the mean; null for a single value. */
  interval: readonly [low: number, high: number] | null;
  /** Confidence level of the interval, in (0, 1). */
  level: number;
}

/**
 * Mean of independent values with Student's interval `mean ± t(n − 1) · std / √n`, for values that are near normal,
 * such as accuracies over seeds.
 *
 * @throws RangeError if there is no value, one is not finite, or the level is not in (0, 1).
 */
export function meanInterval(values: readonly number[], level = 0.95): MeanInterval {
  checkLevel('meanInterval', level);
  const n = values.length;
  if (n === 0) throw new RangeError('meanInterval: there must be at least one value; received none.');
  const stray = values.find((value) => !Number.isFinite(value));
  if (stray !== undefined) throw new RangeError(`meanInterval: each value must be finite; received ${stray}.`);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { mean, n, std: null, interval: null, level };
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  const margin = (studentT(level, n - 1) * std) / Math.sqrt(n);
  return { mean, n, std, interval: [mean - margin, mean + margin], level };
}

/**
 * Wilson's interval of a share, such as an accuracy on `total` test images: how far chance in the choice of the images
 * moves it. It stays within [0, 1] and holds its level near 0 and 1, where `p ± z·√(p(1 − p)/n)` does not.
 *
 * @throws RangeError unless 0 ≤ correct ≤ total, total ≥ 1 and the level is in (0, 1).
 * @see Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953
 */
export function accuracyInterval(correct: number, total: number, level = 0.95): readonly [low: number, high: number] {
  checkLevel('accuracyInterval', level);
  if (!(total >= 1 && correct >= 0 && correct <= total)) {
    throw new RangeError(
      `accuracyInterval: correct must be from 0 to total, and total at least 1; received ${correct} of ${total}.`,
    );
  }
  const z = studentT(level, Number.POSITIVE_INFINITY);
  const share = correct / total;
  const centre = share + z ** 2 / (2 * total);
  const margin = z * Math.sqrt((share * (1 - share)) / total + z ** 2 / (4 * total ** 2));
  const scale = 1 + z ** 2 / total;
  return [Math.max(0, (centre - margin) / scale), Math.min(1, (centre + margin) / scale)];
}

function checkLevel(who: string, level: number): void {
  if (!(level > 0 && level < 1)) throw new RangeError(`${who}: level must be in (0, 1); received ${level}.`);
}
