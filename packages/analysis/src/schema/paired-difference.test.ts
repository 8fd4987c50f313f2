import { expect, test } from 'vitest';
import fixture from '../../fixtures/statistics.json' with { type: 'json' };
import { decide, holm, pairedDifference } from './paired-difference.ts';

test.each(fixture.paired)('$a.length pairs at $level: as scipy.stats.ttest_rel', ({ a, b, level, ...expected }) => {
  const found = pairedDifference(a, b, level);
  expect(found.pairs).toBe(a.length);
  for (const quantity of ['mean', 'low', 'high', 'p', 'effectSize'] as const) {
    const error = Math.abs((found[quantity] ?? Number.NaN) - expected[quantity]);
    expect(error, `${quantity} is ${found[quantity]}`).toBeLessThan(1e-6 * Math.abs(expected[quantity]) + 1e-9);
  }
});

test('one pair has a mean and nothing more', () => {
  expect(pairedDifference([0.5], [0.25])).toEqual({
    pairs: 1,
    mean: 0.25,
    low: null,
    high: null,
    p: null,
    effectSize: null,
  });
});

/** 0.99 − 0.98 and 0.98 − 0.97 differ by 1e-17: rounding is no spread. */
test.each([
  [[1, 1, 1], [1, 1, 1], 0],
  [[0.99, 0.98], [0.98, 0.97], 0.01],
])('%j against %j: differences without spread have no interval, and decide nothing', (a, b, mean) => {
  const found = pairedDifference(a, b);
  expect(found).toEqual({
    pairs: a.length,
    mean: expect.closeTo(mean, 12) as number,
    low: null,
    high: null,
    p: null,
    effectSize: null,
  });
  expect(decide(found, 'greater')).toBe('undecided');
});

test.each([
  [[0.99, 0.991, 0.992], [0.97, 0.972, 0.971], 'greater', 'held'],
  [[0.99, 0.991, 0.992], [0.97, 0.972, 0.971], 'less', 'not held'],
  [[0.97, 0.972, 0.971], [0.99, 0.991, 0.992], 'less', 'held'],
  [[0.97, 0.972, 0.971], [0.99, 0.991, 0.992], 'greater', 'not held'],
  [[0.99, 0.98, 0.97], [0.98, 0.985, 0.96], 'greater', 'undecided'],
  [[0.99], [0.5], 'greater', 'undecided'],
] as const)('%j against %j, claimed %s: %s', (a, b, direction, verdict) => {
  expect(decide(pairedDifference(a, b), direction)).toBe(verdict);
});

test.each(fixture.paired)('a verdict at $level is that of the interval of this level', ({ a, b, level, low, high }) => {
  const verdict = low > 0 ? 'held' : high < 0 ? 'not held' : 'undecided';
  expect(decide(pairedDifference(a, b), 'greater', level)).toBe(verdict);
});

test.each(fixture.holm)('holm of $p: as statsmodels', ({ p, corrected }) => {
  const found = holm(p);
  expect(found).toHaveLength(corrected.length);
  for (const [place, value] of corrected.entries()) expect(found[place]).toBeCloseTo(value, 12);
});

test('one of several comparisons may be undecided only after correction', () => {
  const difference = pairedDifference([0.99, 0.991, 0.992], [0.97, 0.98, 0.975]);
  const p = difference.p ?? Number.NaN;
  expect(decide(difference, 'greater')).toBe('held');
  const [corrected = Number.NaN] = holm([p, 0.5, 0.6]);
  expect(corrected).toBeCloseTo(3 * p, 12);
  expect(decide({ ...difference, p: corrected }, 'greater')).toBe('undecided');
});

test.each([
  [
    () => pairedDifference([1, 2], [1]),
    'pairedDifference: both variants must have a value for each seed; received 2 and 1 values.',
  ],
  [() => pairedDifference([], []), 'pairedDifference: there must be at least one pair; received none.'],
  [() => pairedDifference([1, 2], [1, Number.NaN]), 'pairedDifference: each value must be finite; received NaN.'],
  [() => pairedDifference([1, 2], [1, 3], 95), 'pairedDifference: level must be in (0, 1); received 95.'],
  [() => decide({ mean: 1, p: 0.01 }, 'less', 1), 'decide: level must be in (0, 1); received 1.'],
  [() => holm([0.1, 1.5]), 'holm: each p value must be in [0, 1]; received 1.5.'],
])('%s is refused', (call, message) => {
  expect(call).toThrow(new RangeError(message));
});
