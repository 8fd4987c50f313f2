import { expect, test } from 'vitest';
import { lossSpikes, stability } from './stability.ts';

test('the spread over seeds', () => {
  expect(stability([3, 1, 2])).toEqual({ n: 3, std: 1, least: 1, most: 3, range: 2 });
  expect(stability([3])).toEqual({ n: 1, std: null, least: 3, most: 3, range: 0 });
});

/** A falling loss whose noise scales with it (a fixed pattern of ± 20 %). */
const losses = Array.from({ length: 300 }, (_, step) => Math.exp(-step / 100) * (1 + 0.2 * Math.sin(step * 12.9898)));

test('a falling, noisy loss has no spikes', () => {
  expect(lossSpikes(losses)).toEqual([]);
});

test('a leap is a spike, with what was expected in its place', () => {
  const [spike, ...others] = lossSpikes(losses.with(200, 10));
  expect(others).toEqual([]);
  expect(spike?.index).toBe(200);
  expect(spike?.loss).toBe(10);
  // The median of the 50 steps before: of a loss e^(−1.75) in the middle of them.
  expect(spike?.expected).toBeCloseTo(Math.exp(-1.75), 1);
  expect(spike?.deviations).toBeGreaterThan(6);
});

test('after a leap that stays, the window learns the new height', () => {
  const found = lossSpikes([...Array.from({ length: 20 }, () => 0.1), ...Array.from({ length: 20 }, () => 5)], {
    window: 10,
  });
  expect(found.map(({ index }) => index)).toEqual([20, 21, 22, 23, 24]);
});

test('a loss of 0 that stays 0 has none', () => {
  expect(lossSpikes(Array.from({ length: 20 }, () => 0))).toEqual([]);
});

test.each([
  [() => stability([]), 'stability: there must be at least one value; received none.'],
  [() => stability([1, Number.NaN]), 'stability: each value must be finite; received NaN.'],
  [() => lossSpikes([1, Number.POSITIVE_INFINITY]), 'lossSpikes: each loss must be finite; received Infinity.'],
  [() => lossSpikes([-1]), 'lossSpikes: each loss must be ≥ 0; received -1.'],
  [() => lossSpikes([1], { window: 2 }), 'lossSpikes: window must be a whole number from 3; received 2.'],
  [() => lossSpikes([1], { threshold: 0 }), 'lossSpikes: threshold must be above 0; received 0.'],
])('%s is refused', (call, message) => {
  expect(call).toThrow(new RangeError(message));
});
