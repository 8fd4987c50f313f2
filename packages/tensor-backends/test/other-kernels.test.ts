import { randomStream } from '@ablate/random';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  batchNormTraining,
  dropout,
  dropoutMask,
  fusedDense,
  softmaxCrossEntropy,
  startBackend,
} from '../src/index.ts';
import { distance } from './reference.ts';

const random = randomStream(11, 'other kernels');
let made = 0;

function normals(...shape: number[]): tf.Tensor {
  return tf.tensor(random.split(String(made++)).fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1))), shape);
}

/** Central differences of Σ f(x) · dy. */
function numericGradient(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, dy: tf.Tensor, step = 0.01): number[] {
  const values = x.dataSync().slice();
  return Array.from(values, (value, i) => {
    const at = (shift: number) => {
      const moved = values.slice();
      moved[i] = value + shift;
      return tf.tidy(() => tf.sum(tf.mul(f(tf.tensor(moved, x.shape)), dy)).dataSync()[0]!);
    };
    return (at(step) - at(-step)) / (2 * step);
  });
}

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeEach(async () => void (await startBackend(backend)));

  test('products with transposed operands and broadcast batches equal plain loops', () => {
    for (const [rows, depth, cols] of [
      [1, 1, 1],
      [5, 3, 7],
      [33, 17, 9],
      [64, 40, 24],
    ] as const) {
      tf.tidy(() => {
        const [a, b] = [normals(2, rows, depth), normals(1, depth, cols)];
        const expected: number[] = [];
        const [as, bs] = [a.dataSync(), b.dataSync()];
        for (let n = 0; n < 2; n++)
          for (let i = 0; i < rows; i++)
            for (let j = 0; j < cols; j++) {
              let sum = 0;
              for (let k = 0; k < depth; k++) sum += as[(n * rows + i) * depth + k]! * bs[k * cols + j]!;
              expected.push(sum);
            }
        const [at, bt] = [tf.transpose(a, [0, 2, 1]), tf.transpose(b, [0, 2, 1])];
        for (const y of [
          tf.matMul(a, b),
          tf.matMul(at, b, true),
          tf.matMul(a, bt, false, true),
          tf.matMul(at, bt, true, true),
        ]) {
          expect(distance(y.dataSync(), expected)).toBeLessThan(1e-6);
        }
      });
    }
  });

  test('dense with bias and ReLU in one kernel has the gradients of the ops one by one', () => {
    tf.tidy(() => {
      const inputs = [normals(9, 6), normals(6, 5), normals(5)];
      const dy = normals(9, 5);
      const fused = tf.grads((x, k, b) => fusedDense(x as tf.Tensor2D, k as tf.Tensor2D, b as tf.Tensor1D, 'relu'))(
        inputs,
        dy,
      );
      const plain = tf.grads((x, k, b) => tf.relu(tf.add(tf.matMul(x, k), b)))(inputs, dy);
      for (const [i, gradient] of fused.entries()) {
        expect(distance(gradient.dataSync(), plain[i]!.dataSync())).toBeLessThan(1e-6);
      }
    });
  });

  test.each([
    ['valid', 2, 2, 4],
    ['valid', 2, 2, 5],
    ['same', 2, 2, 6],
    ['same', 3, 2, 5],
    ['same', 3, 1, 1],
    ['same', 2, 3, 7],
  ] as const)(
    'max pooling (%s, window %i, stride %i, %i channels): negative windows keep their gradient',
    (pad, size, stride, channels) => {
      tf.tidy(() => {
        // Values at least 0.01 apart: a step of finite differences changes no winner.
        const order = random.split(`order ${pad} ${size} ${channels}`).permutation(2 * 7 * 6 * channels);
        const x = tf.tensor4d(
          Float32Array.from(order, (rank) => -1 - rank / 100),
          [2, 7, 6, channels],
        );
        const pool = (a: tf.Tensor) => tf.maxPool(a as tf.Tensor4D, size, stride, pad);
        const dy = normals(...pool(x).shape);
        const gradient = tf.grad(pool)(x, dy).dataSync();
        expect(distance(gradient, numericGradient(pool, x, dy, 1e-3))).toBeLessThan(5e-3);
      });
    },
  );

  test.each([4, 3])('max pooling gives the gradient to the first of equal values, %i channels', (channels) => {
    tf.tidy(() => {
      // One window a row of cases: which of its four pixels are the (negative) maximum, and which the first is.
      const cases = Array.from({ length: 15 }, (_, i) => [1, 2, 4, 8].map((bit) => ((i + 1) & bit) !== 0));
      const pixels = (of: (window: boolean[]) => number[]) =>
        tf.mul(tf.reshape(tf.tensor1d(cases.flatMap(of)), [15, 2, 2, 1]), tf.ones([channels])) as tf.Tensor4D;
      const x = pixels((window) => window.map((top) => (top ? -1 : -2)));
      const expected = pixels((window) => window.map((_, i) => (i === window.indexOf(true) ? 1 : 0)));
      const gradient = tf.grad((a) => tf.maxPool(a as tf.Tensor4D, 2, 2, 'valid'))(x);
      expect(gradient.dataSync()).toEqual(expected.dataSync());
    });
  });

  test.each([
    ['same', 3, 2],
    ['same', 2, 2],
    ['same', 3, 1],
    ['valid', 2, 2],
  ] as const)(
    'average pooling (%s, window %i, stride %i): the gradient equals finite differences',
    (pad, size, stride) => {
      tf.tidy(() => {
        const x = normals(2, 5, 7, 2) as tf.Tensor4D;
        const pool = (a: tf.Tensor) => tf.avgPool(a as tf.Tensor4D, size, stride, pad);
        const dy = normals(...pool(x).shape);
        expect(distance(tf.grad(pool)(x, dy).dataSync(), numericGradient(pool, x, dy, 0.1))).toBeLessThan(1e-4);
      });
    },
  );

  test('gather has a gradient: rows that are taken twice sum', () => {
    tf.tidy(() => {
      const x = normals(4, 3);
      const gradient = tf.grad((a) => tf.gather(a, tf.tensor1d([2, 0, 2], 'int32')))(
        x,
        tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3]),
      );
      expect([...gradient.dataSync()]).toEqual([4, 5, 6, 0, 0, 0, 8, 10, 12, 0, 0, 0]);
    });
  });

  test.each([
    [4, 5],
    [70, 3],
    [200, 8],
  ])('batch norm of %i rows of %i channels: values, statistics and gradients', (rows, channels) => {
    tf.tidy(() => {
      const [x, gamma, beta] = [tf.add(tf.mul(normals(rows, channels), 3), 100), normals(channels), normals(channels)];
      const [xs, gs, bs] = [x.dataSync(), gamma.dataSync(), beta.dataSync()];
      const result = batchNormTraining(x, gamma as tf.Tensor1D, beta as tf.Tensor1D, 1e-3);
      const column = (c: number) => Array.from({ length: rows }, (_, r) => xs[r * channels + c]!);
      const means = Array.from({ length: channels }, (_, c) => column(c).reduce((a, b) => a + b, 0) / rows);
      const variances = means.map((mean, c) => column(c).reduce((sum, v) => sum + (v - mean) ** 2, 0) / rows);
      const expected = Array.from(xs, (v, i) => {
        const c = i % channels;
        return ((v - means[c]!) / Math.sqrt(variances[c]! + 1e-3)) * gs[c]! + bs[c]!;
      });
      expect(distance(result.mean.dataSync(), means)).toBeLessThan(1e-6);
      expect(distance(result.variance.dataSync(), variances)).toBeLessThan(1e-5);
      expect(distance(result.y.dataSync(), expected)).toBeLessThan(2e-5);

      // The composite of tfjs's own ops, on centred data, where it is precise.
      const centred = tf.sub(x, 100);
      const dy = normals(rows, channels);
      const composite = (a: tf.Tensor, g: tf.Tensor, b: tf.Tensor) => {
        const mean = tf.mean(a, 0);
        const variance = tf.mean(tf.square(tf.sub(a, mean)), 0);
        return tf.add(tf.mul(tf.mul(tf.sub(a, mean), tf.rsqrt(tf.add(variance, 1e-3))), g), b);
      };
      const fused = (a: tf.Tensor, g: tf.Tensor, b: tf.Tensor) =>
        batchNormTraining(a, g as tf.Tensor1D, b as tf.Tensor1D, 1e-3).y;
      const [got, want] = [fused, composite].map((f) => tf.grads(f)([centred, gamma, beta], dy)) as [
        tf.Tensor[],
        tf.Tensor[],
      ];
      for (const [i, gradient] of got.entries())
        expect(distance(gradient.dataSync(), want[i]!.dataSync())).toBeLessThan(2e-5);
    });
  });

  test.each([
    [4, 5],
    [67, 3],
    [131, 8],
  ])('batch norm of %i rows of %i channels with ReLU equals the ops one by one, NaN included', (rows, channels) => {
    tf.tidy(() => {
      const inputs = [normals(rows, channels), normals(channels), normals(channels)];
      const dy = normals(rows, channels);
      const run =
        (f: (a: tf.Tensor, g: tf.Tensor1D, b: tf.Tensor1D) => tf.Tensor) =>
        (a: tf.Tensor, g: tf.Tensor, b: tf.Tensor) =>
          f(a, g as tf.Tensor1D, b as tf.Tensor1D);
      const fused = run((a, g, b) => batchNormTraining(a, g, b, 1e-3, 'relu').y);
      const plain = run((a, g, b) => tf.relu(batchNormTraining(a, g, b, 1e-3).y));
      const [x, gamma, beta] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor];
      expect(fused(x, gamma, beta).dataSync()).toEqual(plain(x, gamma, beta).dataSync());
      const [got, want] = [fused, plain].map((f) => tf.grads(f)(inputs, dy)) as [tf.Tensor[], tf.Tensor[]];
      for (const [i, gradient] of got.entries()) {
        expect(distance(gradient.dataSync(), want[i]!.dataSync())).toBeLessThan(1e-6);
      }
      const broken = fused(tf.concat([x, tf.mul(tf.ones([1, channels]), Number.NaN)]), gamma, beta).dataSync();
      expect(broken.every(Number.isNaN)).toBe(true);
    });
  });

  test('softmax cross-entropy: loss, hits and gradient of logits as large as 1000', () => {
    tf.tidy(() => {
      const logits = tf.tensor2d([1, 2, 3, 1000, 0, -1000, 0.5, 0.5, 0.5], [3, 3]);
      const labels = tf.tensor1d([2, 1, 0], 'int32');
      const { loss, correct } = softmaxCrossEntropy(logits, labels);
      // −log softmax: 0.4076059644, 1000, log 3.
      expect(loss.dataSync()[0]).toBeCloseTo((0.4076059644 + 1000 + Math.log(3)) / 3, 3);
      expect(correct.dataSync()[0]).toBe(2);
      const gradient = tf
        .grad((a) => softmaxCrossEntropy(a as tf.Tensor2D, labels, { count: 6 }).loss)(logits)
        .dataSync();
      const expected = [0.09003057, 0.24472847, 0.66524096 - 1, 1, -1, 0, 1 / 3 - 1, 1 / 3, 1 / 3].map((v) => v / 6);
      expect(distance(gradient, expected)).toBeLessThan(1e-6);
    });
  });

  test('a label outside the classes is an error that names its row', () => {
    expect(() =>
      tf.tidy(() => softmaxCrossEntropy(tf.zeros([2, 3]), tf.tensor1d([0, 3], 'int32')).loss),
    ).toThrowErrorMatchingInlineSnapshot(
      `[Error: softmaxCrossEntropy: labels must be from 0 to 2; received 3 in row 1.]`,
    );
  });

  test('dropout: a shard has the bits of its rows, kept values are scaled, the rate holds', () => {
    tf.tidy(() => {
      const place = { rate: 0.3, key: [1, 2] as const, step: 5, row: 0 };
      const whole = dropoutMask([6, 1001], place).dataSync();
      const shard = dropoutMask([2, 1001], { ...place, row: 4 }).dataSync();
      expect([...shard]).toEqual(Array.from(whole.slice(4 * 1001)));
      expect(new Set(whole)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
      const kept = whole.filter((value) => value > 0).length / whole.length;
      expect(Math.abs(kept - 0.7)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / whole.length));
      expect([...dropoutMask([6, 1001], { ...place, step: 6 }).dataSync()]).not.toEqual([...whole]);
      const x = normals(6, 1001);
      expect([
        ...tf
          .grad((a) => dropout(a, place))(x)
          .dataSync(),
      ]).toEqual([...whole]);
      expect(() => dropout(x, { ...place, rate: 5 })).toThrow('dropout: rate must be in [0, 1); received 5.');
    });
  });
});

test('dropout masks are the same bits on cpu and wasm', async () => {
  const masks: number[][] = [];
  for (const backend of ['wasm', 'cpu'] as const) {
    await startBackend(backend);
    masks.push([
      ...tf.tidy(() => dropoutMask([3, 47], { rate: 0.5, key: [9, 8], step: 2 ** 33 + 1, row: 12 }).dataSync()),
    ]);
  }
  expect(masks[0]).toEqual(masks[1]);
});
