/** Degrees of freedom up to which the closed form is summed; above, the expansion around the normal is exact to 1e-11. */
const CLOSED_FORM = 1000;

/**
 * Two-sided quantile of Student's t: the `t` with `P(|T| < t) = level`, to about ten digits. Infinitely many degrees of
 * freedom are the normal distribution.
 *
 * A library that has it for every argument takes a quarter of a second to load, which is most of the time of
 * `ablate validate`; the tests compare the two.
 *
 * @param level In (0, 1).
 * @param degrees A whole number ≥ 1, or Infinity.
 * @see Abramowitz and Stegun 1964, 26.7.3 and 26.7.4 (the distribution), 26.7.5 (the expansion), 26.2.11 (the normal)
 */
export function studentT(level: number, degrees: number): number {
  if (degrees <= CLOSED_FORM) {
    const angle = bisect((theta) => shareWithin(theta, degrees), level, Math.PI / 2);
    return Math.sqrt(degrees) * Math.tan(angle);
  }
  const z = bisect(normalWithin, level, 40);
  const [z2, n] = [z * z, degrees];
  const first = (z * (z2 + 1)) / (4 * n);
  const second = (z * ((5 * z2 + 16) * z2 + 3)) / (96 * n ** 2);
  const third = (z * (((3 * z2 + 19) * z2 + 17) * z2 - 15)) / (384 * n ** 3);
  return z + first + second + third;
}

/** P(|T| < √ν · tan θ). */
function shareWithin(theta: number, degrees: number): number {
  const [sin, cos] = [Math.sin(theta), Math.cos(theta)];
  const odd = degrees % 2 === 1;
  let term = odd ? cos : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= (cos * cos * (k - 1)) / k;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + sin * sum) : sin * sum;
}

/** P(|Z| < x) of a normal Z: 2 φ(x) · (x + x³/3 + x⁵/(3 · 5) + …), all terms positive. */
function normalWithin(x: number): number {
  let term = x;
  let sum = 0;
  for (let k = 3; sum + term > sum; k += 2) {
    sum += term;
    term *= (x * x) / k;
  }
  return Math.min(1, Math.sqrt(2 / Math.PI) * Math.exp((-x * x) / 2) * sum);
}

/** Where a rising function of [0, end] reaches a value. */
function bisect(rising: (x: number) => number, value: number, end: number): number {
  let [low, high] = [0, end];
  for (let round = 0; round < 100; round++) {
    const middle = (low + high) / 2;
    if (rising(middle) < value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
