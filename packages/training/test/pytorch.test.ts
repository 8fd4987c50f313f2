import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { classificationLoss, startBackend } from '@ablate/tensor-backends';
import { beforeEach, describe, expect, test } from 'vitest';
import { clipGradients } from '../src/gradient-clipping.ts';
import { Optimizer } from '../src/index.ts';
import { lossTargets } from '../src/loss-targets.ts';
import { learningRateAt, optimizerSchema, scheduleSchema } from '../src/schema/index.ts';
import { plateauAfter, plateauSchema, plateauStart } from '../src/schema/plateau.ts';
import { lossSchema } from '../src/schema/targets.ts';

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

const losses = fixture('losses') as {
  rows: number;
  classes: number;
  logits: number[];
  labels: number[];
  /** [rows, classes]: answers that are distributions. */
  soft: number[];
  results: {
    case: { loss: string; gamma?: number; labelSmoothing?: number; classWeights?: number[]; soft?: boolean };
    value: number;
    gradient: number[];
  }[];
};

describe.each(['wasm', 'cpu'] as const)('losses on %s', (backend) => {
  beforeEach(async () => void (await startBackend(backend)));

  test.each(losses.results)(
    '$case',
    ({ case: { loss: name, gamma, labelSmoothing = 0, classWeights, soft }, ...torch }) => {
      const { rows, classes, labels } = losses;
      const loss = lossSchema.parse({ name, ...(gamma !== undefined && { gamma }) });
      const made = soft
        ? { targets: losses.soft.map((t) => (1 - labelSmoothing) * t + labelSmoothing / classes), total: rows }
        : lossTargets({ labels }, classes, { loss, labelSmoothing }, classWeights);
      tf.tidy(() => {
        const targets = tf.tensor2d(made.targets, [rows, classes]);
        const given = { targets, labels: tf.tensor1d(labels, 'int32') };
        const { value, grad } = tf.valueAndGrad((z) => {
          return classificationLoss(z as tf.Tensor2D, given, loss, { count: made.total }).loss;
        })(tf.tensor2d(losses.logits, [rows, classes]));
        // Targets, value and gradient are rounded to float32; PyTorch's are in double precision.
        expect(value.dataSync()[0]! / torch.value).toBeCloseTo(1, 6);
        expect(largestDifference(grad.dataSync(), torch.gradient)).toBeLessThan(2e-7);
      });
    },
  );
});

const clipping = fixture('clipping') as {
  shapes: number[][];
  gradients: number[][];
  results: { kind: 'norm' | 'value'; limit: number; norm: number | null; clipped: number[][] }[];
};

test.each(clipping.results)('clipping by $kind to $limit', async ({ kind, limit, norm, clipped }) => {
  await startBackend('wasm');
  const gradients = Object.fromEntries(
    clipping.gradients.map((values, i) => [String(i), tf.tensor(values, clipping.shapes[i])]),
  );
  const before = tf.memory().numTensors;
  const result = await clipGradients(gradients, kind === 'norm' ? { clipNorm: limit } : { clipValue: limit });
  expect(tf.memory().numTensors).toBe(before);
  expect(result.norm === undefined).toBe(norm === null);
  expect(result.norm ?? 0).toBeCloseTo(norm ?? 0, 6);
  for (const [i, values] of clipped.entries()) {
    expect(largestDifference(result.gradients[String(i)]!.dataSync(), values)).toBeLessThan(2e-7);
  }
  tf.dispose(result.gradients);
});

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'));
}

function largestDifference(a: ArrayLike<number>, b: readonly number[]): number {
  expect(a).toHaveLength(b.length);
  return Math.max(...b.map((value, i) => Math.abs(value - a[i]!)));
}
