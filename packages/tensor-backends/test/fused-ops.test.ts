import { randomStream } from '@ablate/random';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  addRelu,
  batchNormAdd,
  batchNormInference,
  batchNormTraining,
  fusedConv2d,
  fusedDense,
  maxPoolRelu,
  type PoolWindow,
  startBackend,
} from '../src/index.ts';
import { distance } from './reference.ts';

const random = randomStream(12, 'fused ops');
let made = 0;

function normals(...shape: number[]): tf.Tensor {
  return tf.tensor(random.split(String(made++)).fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1))), shape);
}

/** Both functions' values and gradients in all inputs, for the same output gradient. */
function compare(
  fused: (...x: tf.Tensor[]) => tf.Tensor,
  plain: (...x: tf.Tensor[]) => tf.Tensor,
  inputs: tf.Tensor[],
) {
  const dy = normals(...plain(...inputs).shape);
  const [got, want] = [fused, plain].map((f) => tf.valueAndGrads(f)(inputs, dy));
  const pairs = [[got!.value, want!.value], ...got!.grads.map((g, i) => [g, want!.grads[i]!])];
  return Math.max(...pairs.map(([a, b]) => distance(a!.dataSync(), b!.dataSync())));
}

const activations = { relu: tf.relu, relu6: tf.relu6 };

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(() => startBackend(backend));

  test.each([
    [1, 1],
    [3, 5],
    [67, 4],
    [130, 9],
  ])('addRelu of %i rows of %i equals the ops one by one', (rows, channels) => {
    tf.tidy(() => {
      const inputs = [normals(rows, channels), normals(rows, channels)];
      const plain = (a: tf.Tensor, b: tf.Tensor) => tf.relu(tf.add(a, b));
      expect(
        compare(
          (a, b) => addRelu(a, b),
          (a, b) => plain(a, b),
          inputs,
        ),
      ).toBe(0);
    });
  });

  test('addRelu keeps NaN and infinity', () => {
    tf.tidy(() => {
      const [a, b] = [
        tf.tensor1d([Number.NaN, Infinity, -Infinity, 1, Infinity]),
        tf.tensor1d([1, 1, 1, Number.NaN, -Infinity]),
      ];
      expect([...addRelu(a, b).dataSync()]).toEqual([Number.NaN, Infinity, 0, Number.NaN, Number.NaN]);
      expect(() => addRelu(a, tf.zeros([4]))).toThrow('addRelu: the shapes must be equal; received [5] and [4].');
    });
  });

  test.each([
    [1, 1, 'relu'],
    [130, 7, 'relu'],
    [67, 16, 'relu6'],
    [5, 3, 'relu6'],
  ] as const)('dense of %i rows and %i units, %s: gradients equal the ops one by one', (rows, units, activation) => {
    tf.tidy(() => {
      const inputs = [tf.mul(normals(rows, 6), 2), normals(6, units), normals(units)];
      const fused = (...w: tf.Tensor[]) =>
        fusedDense(w[0] as tf.Tensor2D, w[1] as tf.Tensor2D, w[2] as tf.Tensor1D, activation);
      const plain = (...w: tf.Tensor[]) => activations[activation](tf.add(tf.matMul(w[0]!, w[1]!), w[2]!));
      expect(compare(fused, plain, inputs)).toBeLessThan(1e-6);
    });
  });

  test('where ReLU and ReLU6 give infinity, 0, 6 or NaN, the gradient is that of the ops one by one', () => {
    tf.tidy(() => {
      const bias = tf.tensor1d([Infinity, 0, 6, 7, Number.NaN, -1, 5, 6 - 2 ** -21]);
      const [x, kernel, dy] = [tf.ones([1, 1]), tf.zeros([1, 8]), tf.ones([1, 8])];
      const gradient = (activation: 'relu' | 'relu6') => [
        ...tf
          .grad((b) => fusedDense(x as tf.Tensor2D, kernel as tf.Tensor2D, b as tf.Tensor1D, activation))(bias, dy)
          .dataSync(),
      ];
      expect(gradient('relu')).toEqual([1, 0, 1, 1, 0, 0, 1, 1]);
      expect(gradient('relu6')).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
    });
  });

  test('a convolution without bias has no gradient of it, and one with a frozen bias still masks', () => {
    tf.tidy(() => {
      const [x, filter, bias] = [normals(2, 5, 5, 3), normals(3, 3, 3, 5), normals(5)];
      const options = { strides: 1, pad: 'same', activation: 'relu' } as const;
      const fused = (b: tf.Tensor | null) => (a: tf.Tensor, f: tf.Tensor) =>
        fusedConv2d(a as tf.Tensor4D, f as tf.Tensor4D, b as tf.Tensor1D | null, options);
      const plain = (b: tf.Tensor) => (a: tf.Tensor, f: tf.Tensor) =>
        tf.relu(tf.add(tf.conv2d(a as tf.Tensor4D, f as tf.Tensor4D, 1, 'same'), b));
      const run =
        (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor) =>
        (...w: tf.Tensor[]) =>
          f(w[0]!, w[1]!);
      expect(compare(run(fused(null)), run(plain(tf.scalar(0))), [x, filter])).toBeLessThan(1e-6);
      expect(compare(run(fused(bias)), run(plain(bias)), [x, filter])).toBeLessThan(1e-6);
    });
  });

  test.each([
    [[2, 8, 8, 4], [2, 2], [2, 2], 'valid'],
    [[1, 7, 9, 5], [2, 2], [2, 2], 'valid'],
    [[3, 7, 5, 6], [3, 3], [2, 2], 'same'],
    [[2, 6, 8, 3], [3, 2], [1, 2], 'valid'],
    [[0, 4, 4, 3], [2, 2], [2, 2], 'valid'],
  ] as const)('max pooling of ReLU, x [%s], window [%s] every [%s] %s: as ReLU first', (shape, size, every, pad) => {
    tf.tidy(() => {
      const window = { filterSize: [...size] as [number, number], strides: [...every] as [number, number], pad };
      const [x, bias] = [normals(...shape), normals(shape[3])];
      const pool = (a: tf.Tensor) => tf.maxPool(a as tf.Tensor4D, window.filterSize, window.strides, pad);
      const fused = (a: tf.Tensor, b?: tf.Tensor) => maxPoolRelu(a as tf.Tensor4D, (b ?? null) as tf.Tensor1D, window);
      const plain = (a: tf.Tensor, b?: tf.Tensor) => pool(tf.relu(b === undefined ? a : tf.add(a, b)));
      expect([...fused(x, bias).dataSync()]).toEqual([...plain(x, bias).dataSync()]);
      if (shape[0] === 0) return;
      expect(
        compare(
          (a, b) => fused(a, b),
          (a, b) => plain(a, b),
          [x, bias],
        ),
      ).toBeLessThan(1e-6);
      expect(
        compare(
          (a) => fused(a),
          (a) => plain(a),
          [x],
        ),
      ).toBe(0);
    });
  });

  test('max pooling of ReLU: a NaN comes out, an infinity has its gradient, and a maximum of 0 or less has none', () => {
    tf.tidy(() => {
      const x = tf.tensor4d([1, Number.NaN, 2, Infinity, 3, 4, 5, 6, -1, -2, 0, 0, -3, -4, 0, -5], [1, 4, 4, 1]);
      const window: PoolWindow = { filterSize: [2, 2], strides: [2, 2], pad: 'valid' };
      const run = (a: tf.Tensor) => maxPoolRelu(a as tf.Tensor4D, null, window);
      const { value, grad } = tf.valueAndGrad(run)(x, tf.ones([1, 2, 2, 1]));
      expect([...value.dataSync()]).toEqual([Number.NaN, Infinity, 0, 0]);
      expect([...grad.dataSync()]).toEqual([0, 0, 0, 1, ...Array.from({ length: 12 }, () => 0)]);
      expect(() => maxPoolRelu(x, tf.zeros([3]), window)).toThrow(
        'maxPoolRelu: the bias must have 1 values; received shape [3].',
      );
    });
  });

  test.each([
    [1, 3],
    [65, 8],
    [7, 13],
  ])('batch norm by given statistics, %i rows of %i channels, equals tf.batchNorm', (rows, channels) => {
    tf.tidy(() => {
      const [mean, variance] = [normals(channels), tf.add(tf.square(normals(channels)), 0.1)] as [
        tf.Tensor1D,
        tf.Tensor1D,
      ];
      const inputs = [normals(rows, 2, channels), normals(channels), normals(channels)];
      for (const activation of ['linear', 'relu'] as const) {
        const fused = (...w: tf.Tensor[]) =>
          batchNormInference(
            w[0]!,
            { mean, variance, gamma: w[1] as tf.Tensor1D, beta: w[2] as tf.Tensor1D },
            1e-3,
            activation,
          );
        const plain = (...w: tf.Tensor[]) => {
          const y = tf.batchNorm(w[0]!, mean, variance, w[2], w[1], 1e-3);
          return activation === 'relu' ? tf.relu(y) : y;
        };
        expect(compare(fused, plain, inputs)).toBeLessThan(2e-6);
      }
    });
  });

  test.each([
    [1, 3],
    [65, 8],
    [7, 13],
  ])('batch norm with a sum after it, %i rows of %i channels, equals the two one by one', (rows, channels) => {
    tf.tidy(() => {
      const inputs = [normals(rows, channels), normals(rows, channels), normals(channels), normals(channels)];
      for (const activation of ['linear', 'relu'] as const) {
        const fused = (...w: tf.Tensor[]) =>
          batchNormAdd(w[0]!, w[1]!, w[2] as tf.Tensor1D, w[3] as tf.Tensor1D, 1e-3, activation).y;
        const plain = (...w: tf.Tensor[]) => {
          const { y } = batchNormTraining(w[0]!, w[2] as tf.Tensor1D, w[3] as tf.Tensor1D, 1e-3);
          return activation === 'relu' ? addRelu(y, w[1]!) : tf.add(y, w[1]!);
        };
        expect(compare(fused, plain, inputs)).toBe(0);
      }
      const [x, gamma] = [inputs[0]!, inputs[2] as tf.Tensor1D];
      expect(() => batchNormAdd(x, tf.zeros([rows + 1, channels]), gamma, gamma, 1e-3)).toThrow(
        `batchNormAdd: the shapes must be equal; received [${rows},${channels}] and [${rows + 1},${channels}].`,
      );
    });
  });

  test('training moves the moving statistics in place; what shares their values keeps its own', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([1, 10, 3, 30], [2, 2]);
      const [mean, variance] = [tf.variable(tf.tensor1d([0, 100])), tf.variable(tf.ones([2]))];
      const before = tf.clone(mean);
      batchNormTraining(x, tf.ones([2]), tf.zeros([2]), 1e-3, 'linear', { mean, variance, momentum: 0.9 });
      expect(distance(mean.dataSync(), [0.2, 92])).toBeLessThan(1e-6);
      expect(distance(variance.dataSync(), [1, 10.9])).toBeLessThan(1e-6);
      expect([...before.dataSync()]).toEqual([0, 100]);
      tf.dispose([mean, variance]);
    });
  });
});
