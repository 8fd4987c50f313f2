import { mish, startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { scaleChannels } from '../src/attention/channel-scale.ts';
import { type SqueezeWeights, squeezeAndExcite } from '../src/attention/squeeze-excitation.ts';
import { standardizeKernel } from '../src/convolution/standardize-kernel.ts';
import { generalizedMean } from '../src/pooling/generalized-mean-pooling2d.ts';
import { noiseTensor } from './models.ts';

/* Each backward pass written by hand against autodiff of the plain composition, and against central differences. */

type Compute = (...given: tf.Tensor[]) => tf.Tensor;

interface HandWritten {
  byHand: Compute;
  composite: Compute;
  given: () => tf.Tensor[];
}

const EPSILON = 1e-3;

const ops: Record<string, HandWritten> = {
  'convolution: standardised weights': {
    byHand: (x, kernel) => tf.conv2d(x as tf.Tensor4D, standardizeKernel(kernel as tf.Tensor4D, EPSILON), 1, 'same'),
    composite(x, kernel) {
      const { mean, variance } = tf.moments(kernel, [0, 1, 2], true);
      const standard = tf.div(tf.sub(kernel, mean), tf.sqrt(tf.add(variance, EPSILON)));
      return tf.conv2d(x as tf.Tensor4D, standard as tf.Tensor4D, 1, 'same');
    },
    given: () => [noiseTensor([2, 5, 4, 3], 'x'), noiseTensor([3, 3, 3, 4], 'kernel')],
  },
  'attention: squeeze and excitation': {
    byHand: (x, ...weights) => squeezeAndExcite(x as tf.Tensor4D, weights as SqueezeWeights),
    composite(x, ...weights) {
      const [w1, b1, w2, b2] = weights as SqueezeWeights;
      const hidden = tf.relu(tf.add(tf.matMul(tf.mean(x, [1, 2]), w1), b1));
      return scaleChannels(x as tf.Tensor4D, tf.sigmoid(tf.add(tf.matMul(hidden as tf.Tensor2D, w2), b2)));
    },
    given: () => [
      noiseTensor([3, 4, 5, 6], 'x'),
      noiseTensor([6, 3], 'w1'),
      noiseTensor([3], 'b1'),
      noiseTensor([3, 6], 'w2'),
      noiseTensor([6], 'b2'),
    ],
  },
  'activation: Mish': {
    byHand: mish,
    composite: (x) => tf.mul(x, tf.tanh(tf.softplus(x))),
    given: () => [tf.mul(noiseTensor([4, 9], 'x'), 6)],
  },
  'pooling: generalized mean': {
    byHand: (x, p) => generalizedMean(x as tf.Tensor4D, p as tf.Tensor1D, EPSILON),
    composite(x, p) {
      const mean = tf.mean(tf.pow(tf.maximum(x, EPSILON), p), [1, 2]);
      return tf.pow(mean, tf.div(1, p));
    },
    given: () => [noiseTensor([2, 4, 3, 5], 'x'), tf.tensor1d([1, 2, 3, 4.5, 8])],
  },
};

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend);
  });

  test.each(Object.keys(ops))('%s is autodiff of the composition, to 1e-5 of its norm', (name) => {
    const { byHand, composite, given } = ops[name] as HandWritten;
    const [y, expected] = [byHand, composite].map((compute) => compute(...given()));
    expect(distance(y as tf.Tensor, expected as tf.Tensor)).toBeLessThan(1e-5);
    const gradients = gradientsOf(byHand, given());
    gradientsOf(composite, given()).forEach((gradient, i) => {
      expect(normOf(gradient)).toBeGreaterThan(1e-2);
      expect(distance(gradients[i] as tf.Tensor, gradient)).toBeLessThan(1e-5);
    });
  });

  test.each(Object.keys(ops))('%s follows central differences', (name) => {
    const { byHand, given } = ops[name] as HandWritten;
    const tensors = given();
    const gradients = gradientsOf(byHand, tensors);
    tensors.forEach((tensor, i) => {
      const gradient = gradients[i] as tf.Tensor;
      const raw = noiseTensor(tensor.shape, `direction ${i}`);
      const direction = tf.div(raw, tf.norm(raw));
      const at = (step: number) => {
        const moved = tensors.map((other, j) => (j === i ? tf.add(other, tf.mul(direction, step)) : other));
        return lossOf(byHand, moved).dataSync()[0] as number;
      };
      // Steps of 2^-6 in single precision: their own error is of the order of 1e-4 of the slope.
      const numeric = (at(2 ** -6) - at(-(2 ** -6))) / 2 ** -5;
      const analytic = tf.sum(tf.mul(gradient, direction)).dataSync()[0] as number;
      expect(Math.abs(numeric - analytic) / Math.max(1, normOf(gradient))).toBeLessThan(2e-3);
    });
  });
});

/** One number of an output, in which each element counts differently. */
function lossOf(compute: Compute, given: tf.Tensor[]): tf.Scalar {
  const y = compute(...given);
  return tf.sum(tf.mul(y, noiseTensor(y.shape, 'head')));
}

function gradientsOf(compute: Compute, given: tf.Tensor[]): tf.Tensor[] {
  return tf.grads((...at: tf.Tensor[]) => lossOf(compute, at))(given);
}

function normOf(tensor: tf.Tensor): number {
  return Math.hypot(...tensor.dataSync());
}

/** Norm of the difference, of the expected norm. */
function distance(actual: tf.Tensor, expected: tf.Tensor): number {
  expect(actual.shape).toEqual(expected.shape);
  return normOf(tf.sub(actual, expected)) / normOf(expected);
}
