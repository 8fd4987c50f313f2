import fc from 'fast-check';
import { expect, test } from 'vitest';
import { histogram } from './histogram.ts';

test('every finite value is counted once, the least in the first bucket and the largest in the last', () => {
  expect(histogram([0, 1, 1, 2, 4, Number.NaN, Number.POSITIVE_INFINITY], 4)).toEqual({
    min: 0,
    max: 4,
    sum: 8,
    sumOfSquares: 22,
    counts: [1, 2, 1, 1],
  });
});

test('equal values have one bucket; none finite have no histogram', () => {
  expect(histogram([3, 3])).toEqual({ min: 3, max: 3, sum: 6, sumOfSquares: 18, counts: [2] });
  expect(histogram([Number.NaN])).toBeNull();
  expect(histogram([])).toBeNull();
});

test('no value is lost, however small or large', () => {
  const values = fc.float32Array({ minLength: 1, noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 40 }), (some, buckets) => {
      const counts = histogram(some, buckets)?.counts ?? [];
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(some.length);
      expect(counts.every((count) => count >= 0)).toBe(true);
    }),
    { seed: 5 },
  );
});

test('no bucket is refused', () => {
  expect(() => histogram([1], 0)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: histogram: buckets must be a whole number ≥ 1; received 0.]`,
  );
});
