import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { DEEP, figure, percent } from './figures.ts';
import {
  decide,
  detectableDifference,
  holm,
  meanInterval,
  pairedDifference,
  pairedPower,
} from '../src/schema/index.ts';

/*
 * The statistics on data whose truth is known. A rate over N trials has the standard error √(p(1 − p)/N); four of them
 * are allowed on each side.
 */
const TRIALS = DEEP ? 40_000 : 3000;

beforeAll(async () => {
  await startBackend('cpu');
});

test.each([2, 3, 5, 10])('of %d seeds without a difference, one in twenty shows one', (seeds) => {
  const rate = rateOf(pairs(seeds, 0), ([a, b]) => decide(pairedDifference(a, b), 'greater') !== 'undecided');
  figure(`${seeds} seeds without a difference: ${percent(rate)} show one, at level 5 %`);
  expect(Math.abs(rate - 0.05)).toBeLessThan(allowed(0.05));
});

test.each([0.9, 0.95, 0.99])('the interval of level %d holds the mean that often', (level) => {
  const rate = rateOf(pairs(3, 0), ([a]) => {
    const [low = 0, high = 0] = meanInterval(a, level).interval ?? [];
    return low <= MEAN && MEAN <= high;
  });
  figure(`interval of level ${level}, 3 seeds: holds the mean in ${percent(rate)}`);
  expect(Math.abs(rate - level)).toBeLessThan(allowed(level));
});

test('of six comparisons with one baseline, none differing, at most 5 % have even one false positive', () => {
  const rows = normals(5 * 7);
  const errors = (corrected: boolean) =>
    rateOf(rows, (row) => {
      const [baseline = [], ...variants] = Array.from({ length: 7 }, (_, variant) =>
        row.slice(5 * variant, 5 * variant + 5),
      );
      const found = variants.map((variant) => pairedDifference(variant, baseline).p ?? 1);
      return (corrected ? holm(found) : found).some((p) => p < 0.05);
    });
  const [withHolm, without] = [errors(true), errors(false)];
  figure(
    `six comparisons without a difference: ${percent(withHolm)} with a false positive, ${percent(without)} uncorrected`,
  );
  expect(withHolm).toBeLessThan(0.05 + allowed(0.05));
  // It is the correction that keeps it so.
  expect(without).toBeGreaterThan(0.1);
});

test.each([
  [3, 2],
  [5, 1],
  [10, 1],
])('%d seeds show a difference of %d standard deviations as often as its power says', (seeds, effect) => {
  const power = pairedPower(effect, seeds);
  const rate = rateOf(pairs(seeds, effect), ([a, b]) => decide(pairedDifference(a, b), 'greater') === 'held');
  figure(`${seeds} seeds, ${effect} standard deviations: shown in ${percent(rate)}, power ${percent(power)}`);
  expect(Math.abs(rate - power)).toBeLessThan(allowed(power));
});

test('the smallest difference that 5 seeds show with a chance of 80 % is shown as often', () => {
  const effect = detectableDifference(1, 5) ?? Number.NaN;
  const rate = rateOf(pairs(5, effect), ([a, b]) => decide(pairedDifference(a, b), 'greater') === 'held');
  figure(`5 seeds, what they show in 80 %, ${effect.toFixed(2)} standard deviations: shown in ${percent(rate)}`);
  expect(Math.abs(rate - 0.8)).toBeLessThan(allowed(0.8));
});

const MEAN = 0.98;
const STD = 0.003;

/** Trials of two variants over seeds, whose differences have the mean `effect` in standard deviations of them. */
function pairs(seeds: number, effect: number): [a: number[], b: number[]][] {
  return normals(2 * seeds).map((row) => [
    row.slice(0, seeds).map((value) => value + effect * Math.SQRT2 * STD),
    row.slice(seeds),
  ]);
}

/** For each trial `count` accuracies: normal, independent. */
function normals(count: number): number[][] {
  const values = tf.tidy(() => tf.randomNormal([TRIALS, count], MEAN, STD, 'float32', 1908).dataSync());
  return Array.from({ length: TRIALS }, (_, trial) => Array.from(values.subarray(count * trial, count * (trial + 1))));
}

function rateOf<Trial>(trials: readonly Trial[], is: (trial: Trial) => boolean): number {
  return trials.filter(is).length / trials.length;
}

function allowed(rate: number): number {
  return 4 * Math.sqrt((rate * (1 - rate)) / TRIALS);
}
