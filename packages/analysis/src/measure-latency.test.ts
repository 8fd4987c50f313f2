import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { measureLatency } from './measure-latency.ts';

test('a batch, then one image; the slow start is left out, and no tensors are left', async () => {
  await startBackend('cpu');
  const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [4] })] });
  const times = [50, ...Array<number>(9).fill(8), ...Array<number>(5).fill(1), ...Array<number>(5).fill(4)];
  const clock = times.flatMap((time) => [0, time]);
  const before = tf.memory().numTensors;
  const sizes: (number | undefined)[] = [];
  const predict = model.predictOnBatch.bind(model);
  model.predictOnBatch = (x) => {
    sizes.push([x].flat()[0]?.shape[0]);
    return predict(x);
  };
  const measured = await measureLatency(model, {
    inputShape: [4],
    batchSize: 8,
    rounds: 10,
    now: () => clock.shift() ?? Number.NaN,
  });
  expect(tf.memory().numTensors).toBe(before);
  expect(clock).toEqual([]);
  expect(sizes).toEqual([...Array<number>(10).fill(8), ...Array<number>(10).fill(1)]);
  expect(measured.batch).toMatchObject({ median: 8, p99: 8, warmup: 1, rounds: 9, noisy: false });
  // It slowed down half-way.
  expect(measured.image).toMatchObject({ warmup: 0, noisy: true });
  await expect(measureLatency(model, { inputShape: [4], rounds: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[RangeError: measureLatency: rounds must be a whole number ≥ 1; received 0.]`,
  );
  model.dispose();
});
