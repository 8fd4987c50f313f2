import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { startBackend } from '@ablate/tensor-backends';
import { beforeEach, describe, expect, test } from 'vitest';
import { Optimizer } from '../src/index.ts';
import { learningRateAt, optimizerSchema, scheduleSchema } from '../src/schema/index.ts';
import { plateauAfter, plateauSchema, plateauStart } from '../src/schema/plateau.ts';

/* 20 steps of everything that PyTorch has too: fixtures/make-fixtures.py wrote them, with the version it ran. */

interface Weights {
  kernel: number[];
  bias: number[];
}

/** Of the largest weight (about 2). Both sides compute in float32, in another order; RMSprop divides by small roots. */
const weightTolerance = 2e-6;

const optimizers = fixture('optimizers') as {
  steps: number;
  start: Weights;
  gradients: Weights[];
  runs: { settings: Record<string, unknown>; torch: string; after: Weights[] }[];
};

describe.each(['wasm', 'cpu'] as const)('optimizers on %s', (backend) => {
  beforeEach(async () => void (await startBackend(backend)));

  test.each(optimizers.runs)('$torch', async ({ settings, after }) => {
    const model = sequential({ layers: [layers.dense({ inputShape: [3], units: 2, name: 'head' })] });
    const { start } = optimizers;
    tf.tidy(() => model.setWeights([tf.tensor(start.kernel, [3, 2]), tf.tensor1d(start.bias)]));
    const optimizer = new Optimizer(optimizerSchema.parse(settings), model.trainableWeights);
    const [kernel, bias] = optimizer.variables as [tf.Variable, tf.Variable];
    expect(optimizers.gradients).toHaveLength(optimizers.steps);
    for (const [step, gradient] of optimizers.gradients.entries()) {
      tf.tidy(() =>
        optimizer.step({
          [kernel.name]: tf.tensor(gradient.kernel, [3, 2]),
          [bias.name]: tf.tensor1d(gradient.bias),
        }),
      );
      const expected = after[step]!;
      expect(largestDifference(await kernel.data(), expected.kernel), `kernel, step ${step}`).toBeLessThan(
        weightTolerance,
      );
      expect(largestDifference(await bias.data(), expected.bias), `bias, step ${step}`).toBeLessThan(weightTolerance);
    }
    optimizer.dispose();
    model.dispose();
  });
});

const schedules = fixture('schedules') as {
  steps: number;
  base: number;
  runs: { schedule: object; torch: string; rates: number[] }[];
  plateaus: { schedule: object; torch: string; metrics: number[]; rates: number[] }[];
};

// PyTorch multiplies the rate before by a factor each step; the closed form differs by its roundings.
test.each(schedules.runs)('$torch', ({ schedule, rates }) => {
  expect(rates).toHaveLength(schedules.steps);
  for (const [step, rate] of rates.entries()) {
    const ours = learningRateAt(scheduleSchema.parse(schedule), schedules.base, step, schedules.steps);
    expect(ours, `step ${step}`).toBeCloseTo(rate, 14);
  }
});

test.each(schedules.plateaus)('$torch', ({ schedule, metrics, rates }) => {
  const parsed = plateauSchema.parse(schedule);
  let state = { ...plateauStart };
  const ours = metrics.map((metric) => {
    // What a checkpoint keeps is all there is.
    state = plateauAfter(parsed, JSON.parse(JSON.stringify(state)) as typeof state, metric, schedules.base);
    return schedules.base * state.factor;
  });
  for (const [epoch, rate] of rates.entries()) expect(ours[epoch], `epoch ${epoch}`).toBeCloseTo(rate, 15);
  // The fixture shows something: the rate fell.
  expect(new Set(rates.map((rate) => rate.toFixed(9))).size).toBeGreaterThan(1);
});

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'));
}

function largestDifference(a: ArrayLike<number>, b: readonly number[]): number {
  expect(a).toHaveLength(b.length);
  return Math.max(...b.map((value, i) => Math.abs(value - a[i]!)));
}
