import { expect, test } from 'vitest';
import { latency } from './latency.ts';

test('warm-up is found, and the rest is counted', () => {
  const steady = Array.from({ length: 100 }, (_, round) => 10 + round / 100);
  const shuffled = steady.map((_, round) => steady[(round * 37) % 100] ?? 0);
  expect(latency([90, 14, 13, ...shuffled])).toEqual({
    median: expect.closeTo(10.495, 10) as number,
    p95: expect.closeTo(10.9405, 10) as number,
    p99: expect.closeTo(10.9801, 10) as number,
    // Ranks ⌊(100 − 19.6)/2⌋ = 40 and ⌈1 + (100 + 19.6)/2⌉ = 61.
    interval: [10.39, 10.6],
    warmup: 3,
    rounds: 100,
    noisy: false,
  });
});

test('one slow round in the middle is no warm-up and no noise', () => {
  const times = Array.from({ length: 40 }, (_, round) => (round === 5 ? 80 : 10));
  expect(latency(times)).toMatchObject({ warmup: 0, rounds: 40, median: 10, noisy: false });
});

test.each([
  ['it never settles', Array.from({ length: 40 }, (_, round) => 100 - 2 * round), { warmup: 20 }],
  ['two speeds by turns', Array.from({ length: 40 }, (_, round) => (round % 2 === 0 ? 10 : 15)), {}],
  ['it slows down half-way', [10, 10, 10, 10, 10, 10, 10, 10, 11.5, 11.5, 11.5, 11.5, 11.5, 11.5, 11.5], { warmup: 0 }],
  ['five rounds bound no median', [1, 1, 1, 1, 1], { rounds: 5 }],
])('noisy: %s', (_, times, more) => {
  expect(latency(times)).toMatchObject({ noisy: true, ...more });
});

test('no times, and times that are none', () => {
  expect(() => latency([])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: latency: there must be times; received none.]`,
  );
  expect(() => latency([1, Number.NaN])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: latency: a time must be finite and ≥ 0; received NaN.]`,
  );
});
