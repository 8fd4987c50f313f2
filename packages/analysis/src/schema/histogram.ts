/** How many values lie where: buckets of equal width from the least to the largest. Values that are not finite are left out. */
export type Histogram = {
  min: number;
  max: number;
  sum: number;
  sumOfSquares: number;
  /** Of each bucket, from `min`; the last holds `max`. A single one where all values are equal. */
  counts: number[];
};

/** The buckets that TensorBoard draws. */
export const HISTOGRAM_BUCKETS = 30;

/**
 * Counts values in buckets of width `(max − min) / buckets`. Two passes, five numbers and the counts.
 *
 * @param buckets A whole number from 1. Default 30.
 * @returns Null where no value is finite.
 * @throws RangeError if there can be no such buckets.
 */
export function histogram(values: ArrayLike<number>, buckets = HISTOGRAM_BUCKETS): Histogram | null {
  if (!(Number.isInteger(buckets) && buckets >= 1)) {
    throw new RangeError(`histogram: buckets must be a whole number ≥ 1; received ${buckets}.`);
  }
  let [min, max, sum, sumOfSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let place = 0; place < values.length; place++) {
    const value = values[place] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    sumOfSquares += value * value;
  }
  if (!(min <= max)) return null;
  const counts = Array.from({ length: max > min ? buckets : 1 }, () => 0);
  const scale = max > min ? buckets / (max - min) : 0;
  for (let place = 0; place < values.length; place++) {
    const value = values[place] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const bucket = Math.min(counts.length - 1, Math.floor((value - min) * scale));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return { min, max, sum, sumOfSquares, counts };
}
