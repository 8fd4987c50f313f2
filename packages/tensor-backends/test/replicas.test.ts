import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  batchNormTraining,
  collective,
  dropout,
  fusedConv2d,
  fusedDense,
  soleReplica,
  softmaxCrossEntropy,
  startBackend,
} from '../src/index.ts';
import { lockstep } from './lockstep.ts';
import { distance } from './reference.ts';
import { batchNormBothWays, crossEntropyOfNothing, replicaCases } from './replica-cases.ts';

test('a thread is alone until it joins', () => {
  expect(collective()).toBe(soleReplica);
});

describe.each(['wasm', 'cpu'] as const)('%s', (backend) => {
  beforeAll(() => startBackend(backend));

  test.each(replicaCases)('replicas normalize by the global batch: %o', (replicaCase) => {
    const { whole, parts } = batchNormBothWays(replicaCase);
    for (const name of ['y', 'dx', 'dGamma', 'dBeta', 'mean', 'variance'] as const) {
      expect(distance(parts[name], whole[name])).toBeLessThan(2e-5);
    }
  });

  test('replicas of equal rows get the same statistics to the bit', () => {
    const run = () =>
      tf.tidy(() => {
        const x = tf.tensor2d([1, 5, 0.1, 7, 11, -0.3], [3, 2]);
        const { mean, variance } = batchNormTraining(x, tf.ones([2]), tf.zeros([2]), 1e-3);
        return [...mean.dataSync(), ...variance.dataSync()];
      });
    const [first, second] = lockstep([run, run]);
    expect(second).toEqual(first);
  });

  test('no rows give no loss, and no NaN', () => {
    expect(crossEntropyOfNothing()).toEqual([0, 0, 0, 0]);
  });

  test('a count below the rows is an error', () => {
    expect(() =>
      softmaxCrossEntropy(tf.zeros([2, 3]), tf.tensor1d([0, 1], 'int32'), { count: 1 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: softmaxCrossEntropy: count must be at least the rows (=2); received 1. Give the rows of the global batch.]`,
    );
  });

  test.each([
    ['valid', 1, 3, 16],
    ['same', 2, 3, 3],
    ['same', 1, 1, 8],
    ['same', 1, 3, 1],
  ] as const)('a network on no rows: %s, stride %i, window %i, %i channels', (pad, stride, window, channels) => {
    tf.tidy(() => {
      const x = tf.zeros([0, 12, 12, channels]) as tf.Tensor4D;
      const weights = [
        tf.ones([window, window, channels, 8]),
        tf.ones([8]),
        tf.ones([3, 3, 8, 2]),
        tf.ones([16, 4]),
        tf.ones([4]),
      ];
      const loss = (...w: tf.Tensor[]) => {
        const [filter, bias, deep, kernel, units] = w as [
          tf.Tensor4D,
          tf.Tensor1D,
          tf.Tensor4D,
          tf.Tensor2D,
          tf.Tensor1D,
        ];
        const conv = fusedConv2d(x, filter, bias, { strides: stride, pad, activation: 'relu' });
        const pooled = tf.avgPool(tf.maxPool(conv, 2, 2, 'same'), 3, 1, 'same');
        const each = tf.relu6(tf.add(tf.depthwiseConv2d(pooled, deep, 1, 'same'), tf.ones([16])));
        const dropped = dropout(each, { rate: 0.5, key: [1, 2], step: 0, row: 0 });
        const logits = fusedDense(tf.mean(dropped, [1, 2]) as tf.Tensor2D, kernel, units, 'relu');
        return softmaxCrossEntropy(logits, tf.tensor1d([], 'int32'), { count: 4 }).loss;
      };
      const { value, grads } = tf.valueAndGrads(loss)(weights);
      expect(value.dataSync()[0]).toBe(0);
      for (const [i, gradient] of grads.entries()) {
        expect(gradient.shape).toEqual(weights[i]!.shape);
        expect(gradient.dataSync().every((entry) => entry === 0)).toBe(true);
      }
    });
  });
});
