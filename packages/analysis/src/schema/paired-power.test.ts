import { expect, test } from 'vitest';
import fixture from '../../fixtures/statistics.json' with { type: 'json' };
import { detectableDifference, pairedPower } from './paired-power.ts';

test.each(fixture.power)('effect $effectSize, $pairs pairs, level $level: power $power, as SciPy has it', (row) => {
  expect(pairedPower(row.effectSize, row.pairs, row.level)).toBeCloseTo(row.power, 6);
  expect(pairedPower(-row.effectSize, row.pairs, row.level)).toBeCloseTo(row.power, 6);
});

test('without an effect, power is the rate of false positives', () => {
  expect(pairedPower(0, 5)).toBeCloseTo(0.05, 7);
});

test.each(fixture.detectable)('$pairs pairs at $level show $effectSize standard deviations', (row) => {
  const found = detectableDifference(0.002, row.pairs, row) ?? Number.NaN;
  expect(Math.abs(found / (0.002 * row.effectSize) - 1)).toBeLessThan(1e-6);
});

test('one seed shows no difference; without spread any is shown', () => {
  expect(detectableDifference(0.1, 1)).toBeNull();
  expect(detectableDifference(0.1, 0)).toBeNull();
  expect(detectableDifference(0, 3)).toBe(0);
});

test.each([
  [() => pairedPower(1, 1), 'pairedPower: pairs must be a whole number from 2; received 1.'],
  [() => pairedPower(Number.NaN, 3), 'pairedPower: effectSize must be finite; received NaN.'],
  [() => pairedPower(1, 3, 95), 'pairedPower: level must be in (0, 1); received 95.'],
  [() => detectableDifference(-1, 3), 'detectableDifference: std must be finite and ≥ 0; received -1.'],
  [() => detectableDifference(1, 2.5), 'detectableDifference: pairs must be a whole number from 2; received 2.5.'],
  [() => detectableDifference(1, 3, { power: 1 }), 'detectableDifference: power must be in (0, 1); received 1.'],
  [
    () => detectableDifference(1, 3, { level: 0.75, power: 0.1 }),
    'detectableDifference: power must be above 1 − level (=0.25); received 0.1. Chance alone shows that much.',
  ],
])('%s is refused', (call, message) => {
  expect(call).toThrow(new RangeError(message));
});
