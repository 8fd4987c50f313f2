import { expect, test } from 'vitest';
import fixture from '../../fixtures/statistics.json' with { type: 'json' };
import { accuracyInterval, meanInterval } from './intervals.ts';
import { quantile } from './quantile.ts';

/** Student's t at 97.5 %: 12.706205 (1 degree of freedom), 4.302653 (2), 2.776445 (4), as tables print it. */
test.each([
  [[1, 3], 2, Math.SQRT2, 12.706205],
  [[1, 2, 3], 2, 1, 4.302653],
  [[0.97, 0.98, 0.99, 0.98, 0.98], 0.98, Math.sqrt(0.0002 / 4), 2.776445],
])('%j: mean %d, standard deviation and interval', (values, mean, std, t) => {
  const found = meanInterval(values);
  expect(found.mean).toBeCloseTo(mean, 12);
  expect(found.std).toBeCloseTo(std, 12);
  const margin = (t * std) / Math.sqrt(values.length);
  expect(found.interval?.[0]).toBeCloseTo(mean - margin, 5);
  expect(found.interval?.[1]).toBeCloseTo(mean + margin, 5);
});

test('another level takes another t: 9.924843 at 99.5 % and 2 degrees of freedom', () => {
  expect(meanInterval([1, 2, 3], 0.99).interval?.[1]).toBeCloseTo(2 + 9.924843 / Math.sqrt(3), 5);
});

test('one value has a mean and nothing more', () => {
  expect(meanInterval([0.5])).toEqual({ mean: 0.5, n: 1, std: null, interval: null, level: 0.95 });
});

/** 81 of 263, 15 of 148, 0 of 20 and 1 of 29 are those of Newcombe 1998, Statistics in Medicine 17, table I, method 3. */
test.each(fixture.wilson)(
  '$correct of $total at $level: as statsmodels has it, $interval',
  ({ correct, total, level, interval: [low = Number.NaN, high = Number.NaN] }) => {
    const [foundLow, foundHigh] = accuracyInterval(correct, total, level);
    expect(foundLow).toBeCloseTo(low, 10);
    expect(foundHigh).toBeCloseTo(high, 10);
  },
);

test.each([
  [() => meanInterval([]), 'meanInterval: there must be at least one value; received none.'],
  [() => meanInterval([1, Number.NaN]), 'meanInterval: each value must be finite; received NaN.'],
  [() => meanInterval([1, 2], 95), 'meanInterval: level must be in (0, 1); received 95.'],
  [
    () => accuracyInterval(3, 2),
    'accuracyInterval: correct must be from 0 to total, and total at least 1; received 3 of 2.',
  ],
  [() => quantile([], 0.5), 'quantile: there must be at least one value; received none.'],
  [() => quantile([1], 50), 'quantile: q must be in [0, 1]; received 50.'],
])('%s is refused', (call, message) => {
  expect(call).toThrow(new RangeError(message));
});

/** numpy.quantile([4, 1, 3, 2], q), NumPy's documented default. */
test.each([
  [0, 1],
  [0.5, 2.5],
  [0.95, 3.85],
  [1, 4],
])('the quantile %d of 1 … 4 is %d', (q, value) => {
  expect(quantile([4, 1, 3, 2], q)).toBeCloseTo(value, 12);
});
