import { expect, test } from 'vitest';
import { normalOfBits, truncatedNormalOfBits } from './normal.ts';

// scipy.special.ndtri (1.x) at 1/2 + q, q = (bits + 1/2)·2^-32, and at 1/2 + q·P(|z| ≤ 2).
test.each([
  [0, 2.918099372916623e-10, 2.785325038837321e-10],
  [2_147_483_647, 6.3379577545537895, 1.9999999979419076],
  [-2_147_483_648, -6.3379577545537895, -1.9999999979419085],
  [1_000_000_000, 0.6213965940815839, 0.5894992368489924],
  [-1_234_567_890, -0.7975881545259248, -0.7533041001379441],
  // On either side of where the tail's approximation begins.
  [2_043_348_582, 1.9730341767355704, 1.6860532215574482],
  [2_043_348_583, 1.9730341808230416, 1.686053223865294],
  [2_147_480_000, 4.786340321485978, 1.9999849864418762],
  [-2_147_483_000, -5.122206231129285, -1.9999973306613763],
])('the quantiles of bits %d are those of SciPy', (bits, normal, truncated) => {
  expect(Math.abs(normalOfBits(bits) / normal - 1)).toBeLessThan(2e-9);
  expect(Math.abs(truncatedNormalOfBits(bits) / truncated - 1)).toBeLessThan(2e-8);
  // Words are unsigned elsewhere.
  expect(normalOfBits(bits >>> 0)).toBe(normalOfBits(bits));
});

test('a normal is the same bits on every machine: what they are', () => {
  const bits = [5, -123456789, 2_147_000_000, -2_147_483_648];
  expect(bits.map(normalOfBits)).toMatchInlineSnapshot(`
    [
      3.2099093138300383e-9,
      -0.07211429146250965,
      3.688911066195609,
      -6.337957751843744,
    ]
  `);
  expect(bits.map(truncatedNormalOfBits)).toMatchInlineSnapshot(`
    [
      3.063857592967393e-9,
      -0.06882776186645223,
      1.9980131393372382,
      -1.9999999642645725,
    ]
  `);
});
