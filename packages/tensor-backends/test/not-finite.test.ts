import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  adamStep,
  batchNormTraining,
  dropout,
  fusedConv2d,
  fusedDense,
  momentumStep,
  softmaxCrossEntropy,
  startBackend,
} from '../src/index.ts';

/*
 * A NaN or an infinity must come out where arithmetic lets it out: a training loop stops at a loss that is not finite,
 * which works only if no kernel swallows it.
 */
const SIZE = 12;
const [ROW, COLUMN] = [5, 6];
const options = { strides: 1, pad: 'same', activation: 'linear' } as const;

describe.each([
  ['wasm', 'Winograd'],
  ['wasm', 'precise'],
  ['cpu', 'direct'],
] as const)('on %s (%s)', (backend, method) => {
  beforeEach(() => startBackend(backend, { precise: method === 'precise' }));

  describe.each([Number.NaN, Number.POSITIVE_INFINITY])('%d', (broken) => {
    const spoilt = (channels: number) =>
      filled([1, SIZE, SIZE, channels], [(ROW * SIZE + COLUMN) * channels + channels - 1], broken);

    test.each([1, 3, 8, 16])('a convolution of %i channels gives it to the outputs that read it', (channels) => {
      tf.tidy(() => {
        const [x, filter] = [spoilt(channels), tf.ones([3, 3, channels, 8]) as tf.Tensor4D];
        const dy = filled([1, SIZE, SIZE, 8], [(ROW * SIZE + COLUMN) * 8 + 7], broken);
        const convolve = (a: tf.Tensor, w: tf.Tensor) => fusedConv2d(a as tf.Tensor4D, w as tf.Tensor4D, null, options);
        const clean = tf.ones(x.shape);
        const dx = tf.grad((a) => convolve(a, filter))(clean, dy);
        // Winograd: of the 4×4 tile that reads it (row 5 and column 6 lie inside of rows and columns 4 to 7 alone).
        const tiled = method === 'Winograd' && channels >= 8;
        const [from, to] = tiled ? [4, 8] : [ROW - 1, ROW + 2];
        const [left, right] = tiled ? [4, 8] : [COLUMN - 1, COLUMN + 2];
        const expected = grid((row, column) => row >= from && row < to && column >= left && column < right);
        expect(brokenPixels(convolve(x, filter))).toEqual(expected);
        expect(brokenPixels(dx)).toEqual(expected);
        const dw = tf
          .grad((w) => convolve(x, w))(filter, tf.ones(dy.shape))
          .dataSync();
        // Of the channel that holds it: every tap meets it, in every filter.
        const own = dw.filter((_, i) => Math.floor(i / 8) % channels === channels - 1);
        expect(own.every((value) => !Number.isFinite(value))).toBe(true);
        const others = dw.filter((_, i) => Math.floor(i / 8) % channels !== channels - 1);
        expect(others.every(Number.isFinite)).toBe(true);
      });
    });

    test('the direct filter of NaN spoils only its own output channel; zero times it is NaN', () => {
      tf.tidy(() => {
        const filter = filled([1, 1, 4, 6], [2], broken);
        const y = tf.conv2d(tf.zeros([1, 3, 3, 4]) as tf.Tensor4D, filter, 1, 'same').dataSync();
        expect(Array.from(y.slice(0, 6), Number.isNaN)).toEqual([false, false, true, false, false, false]);
      });
    });

    test.each([
      [false, false],
      [true, false],
      [false, true],
    ])('a product (transposed %s, %s) gives it to its row, ReLU keeps NaN', (transposeA, transposeB) => {
      tf.tidy(() => {
        const plain = filled([7, 9], [3 * 9 + 4], broken) as tf.Tensor;
        const a = transposeA ? tf.transpose(plain) : plain;
        const b = tf.ones(transposeB ? [5, 9] : [9, 5]);
        const y = tf.matMul(a, b, transposeA, transposeB).dataSync();
        expect(Array.from(y, Number.isFinite)).toEqual(Array.from(y, (_, i) => Math.floor(i / 5) !== 3));
        const dense = fusedDense(plain as tf.Tensor2D, tf.ones([9, 5]), tf.zeros([5]), 'relu').dataSync();
        expect(dense.slice(15, 20)).toEqual(Float32Array.from({ length: 5 }, () => broken));
      });
    });

    test('average pooling gives it to its window', () => {
      tf.tidy(() => {
        const y = tf.avgPool(spoilt(4), 2, 2, 'valid').dataSync();
        const place = ((ROW >> 1) * (SIZE / 2) + (COLUMN >> 1)) * 4 + 3;
        expect(Array.from(y, Number.isFinite)).toEqual(Array.from(y, (_, i) => i !== place));
      });
    });

    test.each([
      [2, 2, 'valid', 4],
      [2, 2, 'valid', 3],
      [3, 2, 'same', 5],
      [3, 1, 'same', 4],
    ] as const)(
      'max pooling, window %i, stride %i, %s, %i channels: it comes out, and has the gradient',
      (size, stride, pad, channels) => {
        tf.tidy(() => {
          const pool = (a: tf.Tensor) => tf.maxPool(a as tf.Tensor4D, size, stride, pad);
          const place = (ROW * SIZE + COLUMN) * channels + channels - 1;
          const x = filled([1, SIZE, SIZE, channels], [place], broken);
          const y = pool(x);
          const top = pad === 'same' && stride === 1 ? 1 : 0;
          const extent = SIZE / stride;
          const meets = (out: number, at: number) => out * stride - top <= at && at < out * stride - top + size;
          const hit = Array.from(y.dataSync(), (_, i) => {
            const [pixel, channel] = [Math.floor(i / channels), i % channels];
            return channel === channels - 1 && meets(Math.floor(pixel / extent), ROW) && meets(pixel % extent, COLUMN);
          });
          expect(Array.from(y.dataSync())).toEqual(hit.map((meet) => (meet ? broken : 1)));
          const dx = tf.grad(pool)(x, tf.ones(y.shape)).dataSync();
          expect(dx[place]).toBe(hit.filter(Boolean).length);
        });
      },
    );

    test('a pooling gradient lands where the winner is, whatever it is', () => {
      tf.tidy(() => {
        const dy = filled([1, SIZE / 2, SIZE / 2, 4], [7], broken);
        const dx = tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'))(tf.zeros([1, SIZE, SIZE, 4]), dy);
        expect([...dx.dataSync()].filter((value) => !Number.isFinite(value))).toEqual([broken]);
      });
    });

    test('batch norm spoils its channel alone, forward and backward', () => {
      tf.tidy(() => {
        const x = filled([20, 6], [7 * 6 + 2], broken);
        const [gamma, beta] = [tf.ones([6]) as tf.Tensor1D, tf.zeros([6]) as tf.Tensor1D];
        const dy = tf.reshape(tf.range(0, 120), [20, 6]);
        const normalize = (a: tf.Tensor) => batchNormTraining(a, gamma, beta, 1e-3).y;
        for (const values of [normalize(x).dataSync(), tf.grad(normalize)(x, dy).dataSync()]) {
          expect(Array.from(values, Number.isNaN)).toEqual(Array.from(values, (_, i) => i % 6 === 2));
        }
      });
    });

    test('dropout keeps it where the mask keeps it; the loss of its row shows it', () => {
      tf.tidy(() => {
        const x = tf.mul(tf.ones([40, 5]), broken);
        const y = dropout(x, { rate: 0.5, key: [1, 2], step: 0, row: 0 }).dataSync();
        expect(y.every((value) => !Number.isFinite(value))).toBe(true);
        const logits = tf.reshape(filled([3, 4], [5], broken), [3, 4]) as tf.Tensor2D;
        const { loss } = softmaxCrossEntropy(logits, tf.tensor1d([0, 2, 1], 'int32'));
        expect(loss.dataSync()[0]).toBeNaN();
      });
    });

    test('steps spoil the weights of spoilt gradients alone', () => {
      tf.tidy(() => {
        const steps = [
          (w: tf.Variable, g: tf.Tensor) =>
            momentumStep([w], [g], [tf.variable(tf.zeros([9]))], { learningRate: 0.1, momentum: 0.9, nesterov: false }),
          (w: tf.Variable, g: tf.Tensor) => {
            const slots = { first: [tf.variable(tf.zeros([9]))], second: [tf.variable(tf.zeros([9]))] };
            adamStep([w], [g], slots, { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 1 });
          },
        ];
        for (const step of steps) {
          const w = tf.variable(tf.ones([9]));
          step(w, filled([9], [1, 8], broken));
          const values = w.dataSync();
          expect(Array.from(values, Number.isFinite)).toEqual(Array.from(values, (_, i) => i !== 1 && i !== 8));
        }
      });
    });
  });
});

function filled(shape: number[], places: number[], value: number): tf.Tensor4D {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1);
  for (const place of places) values[place] = value;
  return tf.tensor(values, shape as [number, number, number, number]);
}

function grid(of: (row: number, column: number) => boolean): boolean[] {
  return Array.from({ length: SIZE * SIZE }, (_, i) => of(Math.floor(i / SIZE), i % SIZE));
}

/** Which pixels hold a value that is not finite. */
function brokenPixels(image: tf.Tensor): boolean[] {
  const values = image.dataSync();
  const channels = values.length / (SIZE * SIZE);
  return grid((row, column) => {
    const at = (row * SIZE + column) * channels;
    return values.slice(at, at + channels).some((value) => !Number.isFinite(value));
  });
}
