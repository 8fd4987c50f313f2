import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { measureInference } from './measure-inference.ts';

beforeAll(async () => {
  await startBackend('cpu');
});

test('the spread is that of the rounds after warm-up, a batch before one image', async () => {
  const model = denseModel();
  // Each round reads the clock twice: three of warm-up are slow, then they take 1 … 5 ms.
  const batch = [900, 900, 900, 1, 2, 3, 4, 5];
  const image = [700, 700, 700, 6, 6, 6, 6, 16];
  const times = [...batch, ...image].flatMap((time) => [0, time]);
  const now = () => times.shift() ?? Number.NaN;
  const measured = await measureInference(model, { inputShape: [4], batchSize: 8, warmup: 3, rounds: 5, now });
  expect(times).toEqual([]);
  expect(measured).toEqual({
    batchSize: 8,
    rounds: 5,
    batch: { median: 3, p95: expect.closeTo(4.8, 10) as number },
    image: { median: 6, p95: expect.closeTo(14, 10) as number },
  });
  model.dispose();
});

test('each round predicts a whole batch at once, and leaves no tensors', async () => {
  const model = denseModel();
  const sizes: (number | undefined)[] = [];
  const spied = model.predictOnBatch.bind(model);
  model.predictOnBatch = (x) => {
    sizes.push((x as tf.Tensor).shape[0]);
    return spied(x);
  };
  const before = tf.memory().numTensors;
  await measureInference(model, { inputShape: [4], batchSize: 100, warmup: 1, rounds: 2 });
  expect(sizes).toEqual([100, 100, 100, 1, 1, 1]);
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});

test.each([
  [{ batchSize: 0 }, 'measureInference: batchSize must be a whole number ≥ 1; received 0.'],
  [{ rounds: 1.5 }, 'measureInference: rounds must be a whole number ≥ 1; received 1.5.'],
  [{ warmup: -1 }, 'measureInference: warmup must be a whole number ≥ 0; received -1.'],
])('%j is refused', async (options, message) => {
  const model = denseModel();
  await expect(measureInference(model, { inputShape: [4], ...options })).rejects.toThrow(new RangeError(message));
  model.dispose();
});

function denseModel(): LayersModel {
  return sequential({ layers: [layers.dense({ units: 2, inputShape: [4], kernelInitializer: 'ones' })] });
}
