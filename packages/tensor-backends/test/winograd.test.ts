import { randomStream } from '@ablate/random';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { fusedConv2d, startBackend } from '../src/index.ts';
import { convolution, distance } from './reference.ts';

/* Every shape, against plain loops: kernel-checks.test.ts. */

test('the default takes Winograd where channels are many, `precise` the direct kernels; both fuse bias and ReLU', async () => {
  const c = { batch: 2, height: 10, width: 9, channels: 24, filters: 12, kernel: 3, stride: 1, dilation: 1 };
  const results: Record<string, Float32Array> = {};
  for (const [name, precise] of [
    ['fast', false],
    ['precise', true],
  ] as const) {
    await startBackend('wasm', { precise });
    const stream = randomStream(29, 'precise');
    tf.tidy(() => {
      const draw = (key: string, shape: number[]) =>
        tf.tensor(stream.split(key).fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1))), shape);
      const x = draw('x', [2, 10, 9, 24]) as tf.Tensor4D;
      const filter = draw('filter', [3, 3, 24, 12]) as tf.Tensor4D;
      const bias = draw('bias', [12]) as tf.Tensor1D;
      const options = { strides: 1, pad: 'same', activation: 'relu' } as const;
      const y = fusedConv2d(x, filter, bias, options).dataSync();
      const plain = convolution({ ...c, pad: 'same' }, x.dataSync(), filter.dataSync(), y.length);
      const biases = bias.dataSync();
      const expected = plain.map((value, i) => Math.max(0, value + biases[i % 12]!));
      expect(distance(y, expected)).toBeLessThan(precise ? 1e-6 : 1e-5);
      results[name] = y.slice() as Float32Array;
    });
  }
  expect(results['fast']).not.toEqual(results['precise']);
  await startBackend('wasm');
});

test('an infinity reaches all of the tile that reads it and nothing else', async () => {
  await startBackend('wasm');
  tf.tidy(() => {
    const values = new Float32Array(12 * 12 * 8).fill(1);
    values[(5 * 12 + 5) * 8 + 3] = Number.POSITIVE_INFINITY;
    const y = tf.conv2d(tf.tensor(values, [1, 12, 12, 8]) as tf.Tensor4D, tf.ones([3, 3, 8, 8]), 1, 'same').dataSync();
    const finite = Array.from({ length: 144 }, (_, pixel) => Number.isFinite(y[pixel * 8]));
    // Input row 5 belongs to the 6×6 tile of output rows 4 to 7 alone.
    expect(finite).toEqual(Array.from({ length: 144 }, (_, p) => !(inMiddle(Math.floor(p / 12)) && inMiddle(p % 12))));
  });
});

const inMiddle = (at: number) => at >= 4 && at < 8;
