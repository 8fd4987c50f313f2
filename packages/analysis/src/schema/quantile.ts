/**
 * Quantile of values, linear between the two nearest in order (type 7 of Hyndman and Fan 1996, NumPy's default).
 *
 * @param q In [0, 1]: 0.5 is the median, 0.95 the 95th percentile.
 * @throws RangeError if there is no value, or q is outside [0, 1].
 */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError('quantile: there must be at least one value; received none.');
  if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile: q must be in [0, 1]; received ${q}.`);
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}
