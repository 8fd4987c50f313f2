/** P(|z| ≤ 2) of a normal z. */
const WITHIN_TWO = 0.9544997361036416;
/** Distance from 1/2 up to which the central approximation is the better one. */
const CENTRAL = 0.47575;

/**
 * A normal from 32 random bits: the quantile at (signed bits + 1/2)·2^-32 + 1/2, so in ±6.4. Relative error 1.2e-9.
 *
 * Only sums, products, quotients and square roots: the same bits on every machine, in WASM too.
 * @see Acklam 2003, "An algorithm for computing the inverse normal cumulative distribution function"
 */
export function normalOfBits(bits: number): number {
  const q = ((bits | 0) + 0.5) * 2 ** -32;
  if (Math.abs(q) <= CENTRAL) return central(q);
  const t = Math.sqrt(-2 * logarithm(0.5 - Math.abs(q)));
  const above =
    ((((-7.784894002430293e-3 * t - 0.3223964580411365) * t - 2.400758277161838) * t - 2.549732539343734) * t +
      4.374664141464968) *
      t +
    2.938163982698783;
  const below =
    (((7.784695709041462e-3 * t + 0.3224671290700398) * t + 2.445134137142996) * t + 3.754408661907416) * t + 1;
  return q < 0 ? above / below : -above / below;
}

/** A normal from 32 random bits under the condition |z| ≤ 2, as {@link normalOfBits}. Relative error 1.7e-8. */
export function truncatedNormalOfBits(bits: number): number {
  return central(((bits | 0) + 0.5) * (WITHIN_TWO / 2 ** 32));
}

/** The quantile at 1/2 + q, for |q| ≤ 0.4773; assembly/fill.ts computes the same. */
function central(q: number): number {
  const r = q * q;
  const above =
    ((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
    2.506628277459239;
  const below =
    ((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
    1;
  return (above * q) / below;
}

/** ln p for p = (k + 1/2)·2^-32 below 1: 2·artanh((m − 1) / (m + 1)) − e·ln 2 with p = m·2^-e and m in [1, 2). */
function logarithm(p: number): number {
  const e = Math.clz32(p * 2 ** 32) + 1;
  const m = p * 2 ** e;
  const x = (m - 1) / (m + 1);
  const square = x * x;
  let series = 0;
  for (let n = 19; n >= 1; n -= 2) series = series * square + 1 / n;
  return 2 * x * series - e * Math.LN2;
}
