import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { startBackend } from '../src/index.ts';

/* A replica can have no rows of a batch: what it adds to the gradient must be nothing, not what the memory held. */

const empty = (...shape: number[]) => tf.tensor([], shape, 'float32');

/** Leaves memory behind that is not zero, in blocks of this many values. */
function soil(size: number): void {
  tf.tidy(() => void Array.from({ length: 30 }, () => tf.mul(tf.ones([size]), 7)));
}

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeEach(async () => void (await startBackend(backend)));

  test.each<[string, number, () => tf.Tensor, number]>([
    ['the sum over rows', 6, () => tf.sum(empty(0, 6), 0), 0],
    ['the sum of all', 1, () => tf.sum(empty(0, 6)), 0],
    ['the largest', 6, () => tf.max(empty(0, 6), 0), Number.NaN],
    ['the smallest', 6, () => tf.min(empty(0, 6), 0), Number.NaN],
    ['the mean', 6, () => tf.mean(empty(0, 6), 0), 0],
    ['a product', 18, () => tf.matMul(empty(0, 6), empty(0, 3), true), 0],
    ['the gradient of a bias', 6, () => biasGradient(), 0],
    ['the gradient of a filter', 36, () => filterGradient(), 0],
  ])('%s of nothing', (_, size, of, value) => {
    for (let round = 0; round < 3; round++) {
      soil(size);
      const result = of();
      expect([...result.dataSync()]).toEqual(Array.from({ length: size }, () => value));
      result.dispose();
    }
  });
});

function biasGradient(): tf.Tensor {
  return tf.grad((bias: tf.Tensor) => tf.add(empty(0, 6), bias))(tf.ones([6]));
}

function filterGradient(): tf.Tensor {
  const x = empty(0, 4, 4, 2) as tf.Tensor4D;
  return tf.grad((filter: tf.Tensor) => tf.conv2d(x, filter as tf.Tensor4D, 1, 'same'))(tf.ones([3, 3, 2, 2]));
}
