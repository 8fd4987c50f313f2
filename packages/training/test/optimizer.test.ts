import * as tf from '@tensorflow/tfjs-core';
import { constraints, type LayersModel, layers, regularizers, sequential } from '@tensorflow/tfjs-layers';
import { startBackend } from '@ablate/tensor-backends';
import { beforeEach, expect, test } from 'vitest';
import { fit, Optimizer, TrainingError } from '../src/index.ts';
import { optimizerSchema, type TrainingEvent, trainingSchema } from '../src/schema/index.ts';
import { blobs, examplesOf, weightsOf, withSeededWeights } from './problems.ts';

beforeEach(async () => void (await startBackend('wasm')));

test.each([
  ['sgd', []],
  ['momentum', ['head/kernel:velocity', 'head/bias:velocity']],
  ['adam', ['head/kernel:first', 'head/kernel:second', 'head/bias:first', 'head/bias:second']],
  ['adamw', ['head/kernel:first', 'head/kernel:second', 'head/bias:first', 'head/bias:second']],
  ['rmsprop', ['head/kernel:square', 'head/bias:square']],
] as const)('%s lists its slots by weight path, also for the second model of a process', (name, expected) => {
  for (const model of [head(), head()]) {
    const optimizer = new Optimizer(optimizerSchema.parse({ name }), model.trainableWeights);
    expect(optimizer.slots.map((slot) => slot.name)).toEqual(expected);
    optimizer.dispose();
    model.dispose();
  }
});

test('slots are what the formulas remember, and dispose frees them', async () => {
  const model = head();
  const before = tf.memory().numTensors;
  const optimizer = new Optimizer(optimizerSchema.parse({ name: 'momentum' }), model.trainableWeights);
  const gradients = Object.fromEntries(optimizer.variables.map((v) => [v.name, tf.onesLike(v)]));
  optimizer.step(gradients);
  optimizer.step(gradients);
  tf.dispose(gradients);
  expect(optimizer.steps).toBe(2);
  for (const { variable } of optimizer.slots) {
    for (const value of await variable.data()) expect(value).toBeCloseTo(1.9, 6);
  }
  optimizer.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test.each([{ name: 'momentum', nesterov: true }, { name: 'adamw' }, { name: 'rmsprop', momentum: 0.9 }])(
  '$name goes on from its state to the bit, also through JSON',
  async (written) => {
    const settings = optimizerSchema.parse(written);
    const [unbroken, resumed] = [head({ kernelInitializer: 'ones' }), head({ kernelInitializer: 'ones' })];
    const first = new Optimizer(settings, unbroken.trainableWeights);
    for (let step = 0; step < 3; step++) stepWith(first, step);
    resumed.setWeights(unbroken.getWeights());
    const second = new Optimizer(settings, resumed.trainableWeights);
    const { steps, slots } = await first.state();
    const written2 = JSON.stringify({ steps, slots: Object.entries(slots).map(([name, v]) => [name, [...v]]) });
    const read = JSON.parse(written2) as { steps: number; slots: [string, number[]][] };
    const entries = read.slots.map(([name, values]) => [name, Float32Array.from(values)]);
    second.restore({ steps: read.steps, slots: Object.fromEntries(entries) as Record<string, Float32Array> });
    for (let step = 3; step < 6; step++) for (const each of [first, second]) stepWith(each, step);
    expect(second.steps).toBe(6);
    expect(await weightsOf(resumed)).toEqual(await weightsOf(unbroken));
    expect(await second.state()).toEqual(await first.state());
  },
);

test('a state of another optimizer or model is refused, and nothing is changed', async () => {
  const optimizer = new Optimizer(optimizerSchema.parse({ name: 'momentum' }), head().trainableWeights);
  const state = await optimizer.state();
  const refuse = (slots: Record<string, Float32Array>, steps = 1) => {
    expect(() => optimizer.restore({ steps, slots })).toThrow(TrainingError);
    try {
      optimizer.restore({ steps, slots });
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  };
  expect(refuse({})).toMatchInlineSnapshot(
    `"optimizer: a state must have the slots of momentum on these weights; missing "head/kernel:velocity". Use a checkpoint of the same model and optimizer."`,
  );
  expect(refuse({ ...state.slots, 'head/kernel:first': new Float32Array(6) })).toMatchInlineSnapshot(
    `"optimizer: a state must have the slots of momentum on these weights; unknown "head/kernel:first". Use a checkpoint of the same model and optimizer."`,
  );
  expect(refuse({ ...state.slots, 'head/bias:velocity': new Float32Array(2) })).toMatchInlineSnapshot(
    `"optimizer: slot "head/bias:velocity" must have 3 values; received 2. Use a checkpoint of the same model."`,
  );
  expect(refuse(state.slots, 1.5)).toMatchInlineSnapshot(
    `"optimizer: steps must be a whole number from 0; received 1.5."`,
  );
  expect(await optimizer.state()).toEqual(state);
});

test('biases and normalization are not decayed unless asked for', async () => {
  const decayed = async (excludeFromWeightDecay?: ('bias' | 'normalization')[]) => {
    const model = sequential({
      layers: [
        layers.dense({ inputShape: [2], units: 3, kernelInitializer: 'ones', biasInitializer: 'ones' }),
        layers.batchNormalization({ betaInitializer: 'ones' }),
      ],
    });
    const settings = optimizerSchema.parse({ name: 'sgd', weightDecay: 0.5, excludeFromWeightDecay });
    const optimizer = new Optimizer(settings, model.trainableWeights);
    const gradients = Object.fromEntries(optimizer.variables.map((v) => [v.name, tf.zerosLike(v)]));
    optimizer.step(gradients, 1);
    // kernel, bias, gamma, beta: 1 before, 0.5 where decayed.
    return (await Promise.all(optimizer.variables.map((v) => v.data()))).map(([value]) => value);
  };
  expect(await decayed()).toEqual([0.5, 1, 1, 1]);
  expect(await decayed(['bias'])).toEqual([0.5, 1, 0.5, 0.5]);
  expect(await decayed(['normalization'])).toEqual([0.5, 0.5, 1, 1]);
  expect(await decayed([])).toEqual([0.5, 0.5, 0.5, 0.5]);
});

test('the penalty of a regularizer is trained on, and the reported loss is cross-entropy alone', async () => {
  const strength = 0.25;
  const model = head({ kernelRegularizer: regularizers.l2({ l2: strength }), kernelInitializer: 'ones' });
  const plain = head({ kernelInitializer: 'ones' });
  const { x, labels } = blobs(6);
  const recipe = trainingSchema.parse({ epochs: 1, batchSize: 6, optimizer: { name: 'sgd', learningRate: 0.1 } });
  const losses: number[] = [];
  const onEvent = (event: TrainingEvent) => event.type === 'step' && losses.push(event.loss);
  for (const each of [model, plain]) {
    await fit(each, { train: examplesOf(x, labels), recipe, seed: 1, stepEvents: 1, onEvent });
  }
  expect(losses[0]).toBe(losses[1]);
  const [penalized, free] = [(await weightsOf(model))[0]!, (await weightsOf(plain))[0]!];
  // The penalty's gradient is 2 · strength · w, w being 1: the step takes 0.1 · 0.5 more off each weight.
  for (const [i, weight] of penalized.entries()) expect(weight).toBeCloseTo(free[i]! - 0.05, 6);
});

test('a constraint holds after each step', async () => {
  const model = head({ kernelConstraint: constraints.nonNeg() });
  const { x, labels } = blobs(12);
  const recipe = trainingSchema.parse({ epochs: 2, batchSize: 6, optimizer: { name: 'sgd', learningRate: 0.5 } });
  await fit(model, { train: examplesOf(x, labels), recipe, seed: 1, onEvent() {} });
  const [kernel] = await weightsOf(model);
  expect(Math.min(...kernel!)).toBe(0);
});

test('a layer that is not trainable keeps its weights', async () => {
  const model = sequential({ layers: [layers.dense({ inputShape: [2], units: 3 }), layers.dense({ units: 3 })] });
  const [frozen, trained] = model.layers as [layers.Layer, layers.Layer];
  frozen.trainable = false;
  const kernels = () => Promise.all([frozen, trained].map((layer) => layer.getWeights()[0]!.data()));
  const before = (await kernels()).map((kernel) => kernel.slice());
  const { x, labels } = blobs(6);
  const recipe = trainingSchema.parse({ epochs: 1, batchSize: 6 });
  await fit(model, { train: examplesOf(x, labels), recipe, seed: 1, onEvent() {} });
  const after = await kernels();
  expect(after[0]).toEqual(before[0]);
  expect(after[1]).not.toEqual(before[1]);
});

test("a stranger's stock model trains: convolution, pooling, batch norm, dropout", async () => {
  const model = sequential({
    layers: [
      layers.conv2d({ inputShape: [6, 6, 1], filters: 8, kernelSize: 3, activation: 'relu' }),
      layers.batchNormalization({ momentum: 0.8 }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dropout({ rate: 0.1, seed: 3 }),
      layers.dense({ units: 2 }),
    ],
  });
  // A bright row, or a bright column.
  const images = Array.from({ length: 24 }, (_, i) =>
    Array.from({ length: 36 }, (_, p) => ((i % 2 === 0 ? Math.floor(p / 6) : p % 6) === Math.floor(i / 2) % 6 ? 1 : 0)),
  );
  const labels = images.map((_, i) => i % 2);
  const train = examplesOf(images, labels, { shape: [6, 6, 1] });
  const optimizer = { name: 'adam', learningRate: 0.02 };
  const recipe = trainingSchema.parse({ epochs: 40, batchSize: 12, optimizer });
  const result = await fit(withSeededWeights(model), { train, recipe, seed: 1, onEvent() {} });
  expect(result.train?.accuracy).toBe(1);
});

/** inputs [2] → logits [3]; its own weights' names start with `head` in every model. */
function head(args: Partial<Parameters<typeof layers.dense>[0]> = {}): LayersModel {
  return sequential({ layers: [layers.dense({ inputShape: [2], units: 3, name: 'head', ...args })] });
}

/** A step with gradients that depend on its number. */
function stepWith(optimizer: Optimizer, step: number): void {
  tf.tidy(() => {
    const gradients = optimizer.variables.map((v) => [v.name, tf.mul(tf.add(v, step + 0.5), Math.cos(step))]);
    optimizer.step(Object.fromEntries(gradients) as tf.NamedTensorMap, 0.01);
  });
}
