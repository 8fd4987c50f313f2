import jStat from 'jstat';
import { studentT } from './student-t.ts';

/**
 * Power of the paired t test: the chance that n seeds show a difference which is there,
 * `P(|T'| > t)` with t the quantile of n − 1 degrees, T' of the noncentral t distribution, noncentrality `effectSize · √n`.
 * Integrated over the standard deviation s that the seeds happen to show: `∫ P(|Z + effectSize · √n| > t·s) f(s) ds`, by
 * Simpson's rule; jStat's and SciPy's noncentral t fail for the large effects that 2 or 3 seeds need.
 *
 * @param effectSize Mean difference / standard deviation of the differences; its sign does not matter.
 * @param pairs Number of seeds, from 2.
 * @param level Confidence level of the test, in (0, 1).
 * @returns In [1 − level, 1].
 * @throws RangeError if a value is out of range.
 * @see Cohen 1988, "Statistical power analysis for the behavioral sciences"; to 1e-6 as SciPy integrates it.
 */
export function pairedPower(effectSize: number, pairs: number, level = 0.95): number {
  check('pairedPower', pairs, { level });
  if (!Number.isFinite(effectSize)) {
    throw new RangeError(`pairedPower: effectSize must be finite; received ${effectSize}.`);
  }
  const critical = studentT(level, pairs - 1);
  const noncentrality = Math.abs(effectSize) * Math.sqrt(pairs);
  const normal = (x: number) => jStat.normal.cdf(x, 0, 1);
  return expectOverSpread(
    pairs - 1,
    (s) => normal(noncentrality - critical * s) + normal(-critical * s - noncentrality),
  );
}

/** Mean of `of(s)` over s = √(χ²/degrees), a sample's standard deviation where the true one is 1. */
function expectOverSpread(degrees: number, of: (s: number) => number): number {
  const reach = 10 / Math.sqrt(2 * degrees);
  const start = Math.max(0, 1 - reach);
  const width = (1 + reach - start) / INTERVALS;
  const logScale = Math.LN2 + (degrees / 2) * Math.log(degrees / 2) - jStat.gammaln(degrees / 2);
  let sum = 0;
  for (let i = 0; i <= INTERVALS; i++) {
    const s = start + i * width;
    // s^0 is 1 where s is 0, and log 0 times 0 is not.
    const power = degrees === 1 ? 0 : (degrees - 1) * Math.log(s);
    const weight = i === 0 || i === INTERVALS ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * of(s) * Math.exp(logScale + power - (degrees * s * s) / 2);
  }
  return (sum * width) / 3;
}

/** Even; with it the values are those of SciPy to 1e-6. */
const INTERVALS = 2000;

/** What {@link detectableDifference} is told of the test. */
export interface DetectableOptions {
  /** Confidence level, in (0, 1). Default 0.95. */
  level?: number;
  /** Chance of showing the difference, in (0, 1), above 1 − level. Default 0.8. */
  power?: number;
}

/**
 * The smallest true difference that n seeds would have shown with the chance `power`: what "no difference" means when an
 * interval holds 0. A smaller one may well be there.
 *
 * `std` is itself estimated from few seeds, and so is the answer: at 3 seeds it may be half or twice of it.
 *
 * @param std Standard deviation of the differences over seeds, ≥ 0; the answer has its unit.
 * @param pairs Number of seeds.
 * @returns null for fewer than two pairs: one seed shows no difference, however large.
 * @throws RangeError if a value is out of range.
 */
export function detectableDifference(
  std: number,
  pairs: number,
  { level = 0.95, power = 0.8 }: DetectableOptions = {},
): number | null {
  if (pairs === 0 || pairs === 1) return null;
  check('detectableDifference', pairs, { level, power });
  if (!(std >= 0 && Number.isFinite(std))) {
    throw new RangeError(`detectableDifference: std must be finite and ≥ 0; received ${std}.`);
  }
  if (power <= 1 - level) {
    throw new RangeError(
      `detectableDifference: power must be above 1 − level (=${1 - level}); received ${power}. Chance alone shows that much.`,
    );
  }
  let [low, high] = [0, 1];
  while (pairedPower(high, pairs, level) < power) high *= 2;
  for (let halving = 0; halving < 40; halving++) {
    const middle = (low + high) / 2;
    if (pairedPower(middle, pairs, level) < power) low = middle;
    else high = middle;
  }
  return high * std;
}

function check(who: string, pairs: number, shares: Record<string, number>): void {
  if (!Number.isInteger(pairs) || pairs < 2) {
    throw new RangeError(`${who}: pairs must be a whole number from 2; received ${pairs}.`);
  }
  for (const [name, value] of Object.entries(shares)) {
    if (!(value > 0 && value < 1)) throw new RangeError(`${who}: ${name} must be in (0, 1); received ${value}.`);
  }
}
