import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { adamStep, momentumStep, sgdStep, startBackend } from '../src/index.ts';
import { distance } from './reference.ts';

const weights = [0.5, -1.25, 2, 0, 3.5, -0.125, 1];
const gradients = [
  [0.1, -0.2, 0.3, 0.4, -0.5, 0.6, 0.7],
  [-0.3, 0.1, 0, 0.25, -0.75, 1, -2],
  [1e-4, 1e-6, -1e-5, 2, 0.5, -0.5, 0.1],
];

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeEach(async () => void (await startBackend(backend)));

  /** Three steps from the same weights; every variable is changed in place. */
  function run(step: (w: tf.Variable, g: tf.Tensor, a: tf.Variable, b: tf.Variable, t: number) => void): Float32Array {
    const [w, a, b] = [weights, weights.map(() => 0), weights.map(() => 0)].map((v) => tf.variable(tf.tensor1d(v))) as [
      tf.Variable,
      tf.Variable,
      tf.Variable,
    ];
    const before = tf.memory().numTensors;
    for (const [t, g] of gradients.entries()) tf.tidy(() => step(w, tf.tensor1d(g), a, b, t + 1));
    expect(tf.memory().numTensors).toBe(before);
    const result = w.dataSync().slice() as Float32Array;
    tf.dispose([w, a, b]);
    return result;
  }

  test('SGD', () => {
    const expected = weights.map((w, i) => w - 0.1 * gradients.reduce((sum, g) => sum + g[i]!, 0));
    expect(
      distance(
        run((w, g) => sgdStep(w, g, { learningRate: 0.1 })),
        expected,
      ),
    ).toBeLessThan(1e-6);
  });

  test.each([false, true])('momentum, nesterov %s', (nesterov) => {
    const expected = weights.map((start, i) => {
      let [w, v] = [start, 0];
      for (const g of gradients) {
        v = 0.9 * v + g[i]!;
        w -= 0.1 * (nesterov ? g[i]! + 0.9 * v : v);
      }
      return w;
    });
    const options = { learningRate: 0.1, momentum: 0.9, nesterov };
    expect(
      distance(
        run((w, g, v) => momentumStep(w, g, v, options)),
        expected,
      ),
    ).toBeLessThan(1e-6);
  });

  test('Adam', () => {
    const expected = weights.map((start, i) => {
      let [w, m, v] = [start, 0, 0];
      for (const [t, g] of gradients.entries()) {
        m = 0.9 * m + 0.1 * g[i]!;
        v = 0.999 * v + 0.001 * g[i]! ** 2;
        w -= (0.01 * (m / (1 - 0.9 ** (t + 1)))) / (Math.sqrt(v / (1 - 0.999 ** (t + 1))) + 1e-8);
      }
      return w;
    });
    const options = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    const got = run((w, g, first, second, step) => adamStep(w, g, { first, second }, { ...options, step }));
    expect(distance(got, expected)).toBeLessThan(2e-7);
  });

  test('the step that follows sees the changed weights, also in a product and a convolution', () => {
    tf.tidy(() => {
      const w = tf.variable(tf.ones([3, 3, 1, 1])) as tf.Variable<tf.Rank.R4>;
      const x = tf.ones([1, 3, 3, 1]) as tf.Tensor4D;
      const before = tf.conv2d(x, w, 1, 'valid').dataSync()[0];
      sgdStep(w, tf.ones([3, 3, 1, 1]), { learningRate: 0.5 });
      expect([before, tf.conv2d(x, w, 1, 'valid').dataSync()[0]]).toEqual([9, 4.5]);
      w.dispose();
    });
  });

  test('clones and reshapes of a variable keep their values when it changes in place; alone, it is not copied', () => {
    tf.tidy(() => {
      const w = tf.variable(tf.tensor1d([1, 2, 3, -4]));
      const [clone, reshaped] = [tf.clone(w), tf.reshape(w, [2, 2])];
      sgdStep(w, tf.ones([4]), { learningRate: 0.5 });
      expect([...w.dataSync()]).toEqual([0.5, 1.5, 2.5, -4.5]);
      expect([...clone.dataSync()]).toEqual([1, 2, 3, -4]);
      expect([...reshaped.dataSync()]).toEqual([1, 2, 3, -4]);
      const { dataId } = w;
      sgdStep(w, tf.ones([4]), { learningRate: 0.5 });
      expect(w.dataId).toBe(dataId);
      w.dispose();
    });
  });
});
