import * as tf from '@tensorflow/tfjs-core';
import { startBackend } from '@ablate/tensor-backends';
import { beforeEach, expect, test } from 'vitest';
import { clipGradients, globalNorm } from '../src/gradient-clipping.ts';
import { GradientSum, microBatches } from '../src/gradient-sum.ts';

beforeEach(async () => void (await startBackend('wasm')));

test.each([
  // rows, accumulate, micro-batches
  [8, 1, [[0, 8]]],
  [
    8,
    2,
    [
      [0, 4],
      [4, 8],
    ],
  ],
  [
    7,
    3,
    [
      [0, 2],
      [2, 4],
      [4, 7],
    ],
  ],
  [
    2,
    4,
    [
      [0, 1],
      [1, 2],
    ],
  ],
  [0, 4, [[0, 0]]],
])('%i rows in %i micro-batches', (rows, accumulate, expected) => {
  expect(microBatches(rows, accumulate)).toEqual(expected);
});

test('gradients of micro-batches add up, and nothing of them is left', () => {
  const before = tf.memory().numTensors;
  const sum = new GradientSum();
  for (const value of [1, 2, 4]) sum.add({ a: filled(2, value), b: filled(3, -value) });
  const { a, b } = sum.take() as { a: tf.Tensor; b: tf.Tensor };
  expect([[...a.dataSync()], [...b.dataSync()]]).toEqual([
    [7, 7],
    [-7, -7, -7],
  ]);
  expect(sum.take()).toEqual({});
  tf.dispose([a, b]);
  sum.add({ a: tf.ones([1]) });
  sum.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('the norm is summed in double precision: 2^24 and 1 are seen apart', async () => {
  const parts = [filled(2 ** 12, 64), tf.ones([1])];
  expect(await globalNorm(parts)).toBe(Math.sqrt(2 ** 24 + 1));
  tf.dispose(parts);
});

test('two weights with one gradient tensor are clipped once each, value before norm', async () => {
  const shared = tf.tensor1d([3, -4]);
  const { gradients, norm } = await clipGradients({ a: shared, b: shared }, { clipNorm: 1, clipValue: 3 });
  expect(norm).toBe(6);
  expect(shared.isDisposed).toBe(true);
  for (const g of Object.values(gradients)) for (const v of g.dataSync()) expect(Math.abs(v)).toBeCloseTo(0.5, 6);
  tf.dispose(gradients);
});

test('a gradient that is not finite is told by the norm', async () => {
  const { gradients, norm } = await clipGradients({ a: tf.tensor1d([1, NaN]) }, { clipNorm: 1 });
  expect(norm).toBeNaN();
  expect([...gradients['a']!.dataSync()]).toEqual([NaN, NaN]);
  tf.dispose(gradients);
});

function filled(length: number, value: number): tf.Tensor {
  return tf.tidy(() => tf.mul(tf.ones([length]), value));
}
