import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { startBackend } from '@ablate/tensor-backends';
import { beforeEach, expect, test } from 'vitest';
import { Optimizer } from '../src/index.ts';
import { optimizerSchema } from '../src/schema/index.ts';
import { emaSchema } from '../src/schema/ema.ts';
import { WeightAverage } from '../src/weight-average.ts';
import { weightsOf } from './problems.ts';

beforeEach(async () => void (await startBackend('wasm')));

test.each([
  { decay: 0.9, warmup: false },
  { decay: 0.9, warmup: true },
  { decay: 0.05, warmup: true },
])('ten updates equal the written-out average, %j', async (written) => {
  const model = net();
  const average = new WeightAverage(emaSchema.parse(written), model.weights);
  const expected = await weightsOf(model);
  for (let step = 0; step < 10; step++) {
    change(model, step);
    average.update();
    const decay = written.warmup ? Math.min(written.decay, (1 + step) / (10 + step)) : written.decay;
    for (const [i, weight] of (await weightsOf(model)).entries()) {
      for (const [k, value] of weight.entries()) expected[i]![k] = decay * expected[i]![k]! + (1 - decay) * value;
    }
  }
  expect(average.updates).toBe(10);
  for (const [i, { variable }] of average.slots.entries()) {
    for (const [k, value] of (await variable.data()).entries()) expect(value).toBeCloseTo(expected[i]![k]!, 5);
  }
});

test('swapped in, the model is the average; swapped back, it is to the bit what it was, and steps go on', async () => {
  const model = net();
  const average = new WeightAverage(emaSchema.parse({ decay: 0.5, warmup: false }), model.weights);
  const optimizer = new Optimizer(optimizerSchema.parse({ name: 'sgd' }), model.trainableWeights);
  change(model, 1);
  average.update();
  const [trained, averaged] = [await weightsOf(model), Object.values((await average.state()).slots).map((v) => [...v])];
  const tensors = tf.memory().numTensors;
  average.swap();
  expect(await weightsOf(model)).toEqual(averaged);
  expect(() => average.update()).toThrow('internal: the average is in the model');
  average.swap();
  expect(await weightsOf(model)).toEqual(trained);
  tf.tidy(() => {
    const gradients = optimizer.variables.map((v) => [v.name, tf.onesLike(v)]);
    optimizer.step(Object.fromEntries(gradients) as tf.NamedTensorMap, 1);
  });
  expect(Object.values((await average.state()).slots).map((v) => [...v])).toEqual(averaged);
  expect(tf.memory().numTensors).toBe(tensors);
});

test('slots are listed by weight path, moving statistics too; an average goes on from its state to the bit', async () => {
  const [model, other] = [net(), net()];
  const [first, second] = [model, other].map((m) => new WeightAverage(emaSchema.parse({}), m.weights)) as [
    WeightAverage,
    WeightAverage,
  ];
  expect(first.slots.map(({ name }) => name)).toEqual([
    'head/kernel:average',
    'norm/gamma:average',
    'norm/beta:average',
    'norm/moving_mean:average',
    'norm/moving_variance:average',
  ]);
  for (let step = 0; step < 3; step++) {
    change(model, step);
    first.update();
  }
  second.restore(await first.state());
  other.setWeights(model.getWeights());
  for (const [average, m] of [
    [first, model],
    [second, other],
  ] as const) {
    change(m, 9);
    average.update();
  }
  expect(await second.state()).toEqual(await first.state());
  expect(() => second.restore({ updates: 1, slots: {} })).toThrowErrorMatchingInlineSnapshot(
    `[TrainingError: ema: a state must have 6 values of "head/kernel:average"; received none. Use a checkpoint of the same model.]`,
  );
});

function net(): LayersModel {
  return sequential({
    layers: [
      layers.dense({ inputShape: [2], units: 3, useBias: false, kernelInitializer: 'ones', name: 'head' }),
      layers.batchNormalization({ name: 'norm' }),
    ],
  });
}

function change(model: LayersModel, step: number): void {
  tf.tidy(() => model.setWeights(model.getWeights().map((w, i) => tf.add(tf.mul(w, 0.9), Math.sin(step + i)))));
}
