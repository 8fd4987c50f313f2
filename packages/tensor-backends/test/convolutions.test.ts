import { randomStream } from '@ablate/random';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { fusedConv2d } from '../src/index.ts';
import { startBackend } from '../src/start-backend.ts';
import { type ConvCase, convolution, distance, filterGradient, geometryOf, inputGradient } from './reference.ts';

const deep = import.meta.env.MODE === 'deep';
const random = randomStream(7, 'convolutions');
let made = 0;

function normals(...shape: number[]): tf.Tensor {
  const values = random.split(String(made++)).fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1)));
  return tf.tensor(values, shape);
}

/** Every combination; the sampled tier takes each n-th. */
function cases(every: number): ConvCase[] {
  const all: ConvCase[] = [];
  for (const kernel of [1, 3, 5, 7])
    for (const stride of [1, 2, 3])
      for (const pad of ['same', 'valid'] as const)
        for (const [height, width] of [
          [8, 9],
          [7, 7],
          [12, 10],
        ] as const)
          for (const [channels, filters] of [
            [1, 8],
            [3, 5],
            [4, 16],
          ] as const)
            for (const dilation of stride === 1 ? [1, 2] : [1]) {
              const one = { batch: 2, height, width, channels, filters, kernel, stride, dilation, pad };
              const { outHeight, outWidth } = geometryOf(one);
              if (outHeight > 0 && outWidth > 0) all.push(one);
            }
  return deep ? all : all.filter((_, index) => index % every === 3 % every);
}

const name = (c: ConvCase) =>
  `${c.height}×${c.width}×${c.channels}→${c.filters}, kernel ${c.kernel}, stride ${c.stride}, dilation ${c.dilation}, ${c.pad}`;

describe.each([
  ['wasm', true],
  ['wasm', false],
  ['cpu', false],
] as const)('on %s, fused multiply-add: %s', (backend, fusedMultiplyAdd) => {
  beforeEach(async () => void (await startBackend(backend, { fusedMultiplyAdd })));

  test.each(cases(5).map((c) => [name(c), c] as const))('conv2d and both gradients equal plain loops: %s', (_, c) => {
    tf.tidy(() => {
      const x = normals(c.batch, c.height, c.width, c.channels) as tf.Tensor4D;
      const filter = normals(c.kernel, c.kernel, c.channels, c.filters) as tf.Tensor4D;
      const y = tf.conv2d(x, filter, c.stride, c.pad, 'NHWC', c.dilation);
      const dy = normals(...y.shape) as tf.Tensor4D;
      const [dx, dw] = tf.grads((a, b) =>
        tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, c.stride, c.pad, 'NHWC', c.dilation),
      )([x, filter], dy) as [tf.Tensor, tf.Tensor];
      const [xs, ws, dys] = [x.dataSync(), filter.dataSync(), dy.dataSync()];
      expect(distance(y.dataSync(), convolution(c, xs, ws, y.size))).toBeLessThan(2e-6);
      expect(distance(dx.dataSync(), inputGradient(c, ws, dys, x.size))).toBeLessThan(2e-6);
      expect(distance(dw.dataSync(), filterGradient(c, xs, dys, filter.size))).toBeLessThan(2e-6);
    });
  });

  const depthwise = cases(7).filter((c) => c.channels !== 1);
  test.each(depthwise.map((c) => [name(c), { ...c, filters: c.filters === 5 ? 2 : 1, depthwise: true }] as const))(
    'depthwiseConv2d and both gradients equal plain loops: %s',
    (_, c) => {
      tf.tidy(() => {
        const x = normals(c.batch, c.height, c.width, c.channels) as tf.Tensor4D;
        const filter = normals(c.kernel, c.kernel, c.channels, c.filters) as tf.Tensor4D;
        const run = (a: tf.Tensor, b: tf.Tensor) =>
          tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, c.stride, c.pad, 'NHWC', c.dilation);
        const y = run(x, filter);
        const dy = normals(...y.shape);
        const [dx, dw] = tf.grads(run)([x, filter], dy) as [tf.Tensor, tf.Tensor];
        const [xs, ws, dys] = [x.dataSync(), filter.dataSync(), dy.dataSync()];
        expect(distance(y.dataSync(), convolution(c, xs, ws, y.size))).toBeLessThan(2e-6);
        expect(distance(dx.dataSync(), inputGradient(c, ws, dys, x.size))).toBeLessThan(2e-6);
        expect(distance(dw.dataSync(), filterGradient(c, xs, dys, filter.size))).toBeLessThan(2e-6);
      });
    },
  );

  test.each(['linear', 'relu', 'relu6'] as const)(
    'conv2d with bias and %s in one kernel equals the ops one by one',
    (activation) => {
      tf.tidy(() => {
        const [x, filter, bias] = [normals(2, 7, 6, 3), normals(3, 3, 3, 5), normals(5)];
        const activations = { linear: tf.clone, relu: tf.relu, relu6: tf.relu6 };
        const fused = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) =>
          fusedConv2d(a as tf.Tensor4D, b as tf.Tensor4D, c as tf.Tensor1D, { strides: 2, pad: 'same', activation });
        const plain = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) =>
          activations[activation](tf.add(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 2, 'same'), c));
        const dy = normals(2, 4, 3, 5);
        expect(distance(fused(x, filter, bias).dataSync(), plain(x, filter, bias).dataSync())).toBeLessThan(1e-6);
        const [got, expected] = [fused, plain].map((f) => tf.grads(f)([x, filter, bias], dy)) as [
          tf.Tensor[],
          tf.Tensor[],
        ];
        for (const [i, gradient] of got.entries()) {
          expect(distance(gradient.dataSync(), expected[i]!.dataSync())).toBeLessThan(1e-6);
        }
      });
    },
  );

  test('conv2d gradients equal finite differences', () => {
    tf.tidy(() => {
      const [x, filter] = [normals(1, 5, 4, 2), normals(3, 3, 2, 3)];
      const f = (a: tf.Tensor, b: tf.Tensor) =>
        tf.sum(tf.square(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 2, 'same')));
      const gradients = tf.grads(f)([x, filter]);
      for (const [which, tensor] of [x, filter].entries()) {
        const values = tensor.dataSync().slice();
        const numeric = Array.from(values, (value, i) => {
          const at = (shift: number) => {
            const moved = values.slice();
            moved[i] = value + shift;
            const changed = tf.tensor(moved, tensor.shape);
            return f(which === 0 ? changed : x, which === 1 ? changed : filter).dataSync()[0]!;
          };
          return (at(0.05) - at(-0.05)) / 0.1;
        });
        expect(distance(gradients[which]!.dataSync(), numeric)).toBeLessThan(1e-3);
      }
    });
  });
});

test('a 1×1 convolution, the padding of none and an image larger than its frame are plain products', async () => {
  await startBackend('wasm');
  tf.tidy(() => {
    const x = tf.reshape(tf.range(0, 12), [1, 2, 3, 2]) as tf.Tensor4D;
    const y = tf.conv2d(x, tf.tensor4d([1, 10, 100, 1000], [1, 1, 2, 2]), 1, 'valid');
    expect([...y.dataSync()]).toEqual([100, 1000, 302, 3020, 504, 5040, 706, 7060, 908, 9080, 1110, 11100]);
  });
});
