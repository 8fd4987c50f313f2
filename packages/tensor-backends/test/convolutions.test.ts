import { randomStream } from '@ablate/random';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { fusedConv2d } from '../src/index.ts';
import { startBackend } from '../src/start-backend.ts';
import { distance } from './reference.ts';

const random = randomStream(7, 'convolutions');
let made = 0;

function normals(...shape: number[]): tf.Tensor {
  const values = random.split(String(made++)).fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1)));
  return tf.tensor(values, shape);
}

/* Every shape, against plain loops: kernel-checks.test.ts. */

describe.each([
  ['wasm', true],
  ['wasm', false],
  ['cpu', false],
] as const)('on %s, fused multiply-add: %s', (backend, fusedMultiplyAdd) => {
  beforeEach(async () => void (await startBackend(backend, { fusedMultiplyAdd })));

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
