import { randomStream } from '@ablate/random';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, test } from 'vitest';
import { convGeometry } from '../src/conv-geometry.ts';
import { fusedConv2d, startBackend } from '../src/index.ts';
import { WasmHeap } from '../src/wasm/heap.ts';
import { winogradConvolve, winogradFilterGradient, winogradInputGradient } from '../src/wasm/winograd.ts';
import { type ConvCase, convolution, distance, filterGradient, inputGradient } from './reference.ts';

/*
 * Relative L2 error against double precision, normal data. Winograd's transforms have entries from 1/24 to 8, so errors
 * are some five times those of the direct kernels (held to 2e-6 in convolutions.test.ts). Measured worst of the deep tier:
 * forward 2.4e-6, input gradient 2.1e-6, filter gradient 3.2e-6; the bound leaves room for other data.
 */
const BOUND = 1e-5;

const deep = import.meta.env.MODE === 'deep';
const random = randomStream(23, 'winograd');
let made = 0;

function normals(...shape: number[]): tf.Tensor4D {
  const values = random.split(String(made++)).fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1)));
  return tf.tensor(values, shape as [number, number, number, number]);
}

/** Every combination; the sampled tier takes each seventh. */
function cases(): ConvCase[] {
  const common = { batch: 3, kernel: 3, stride: 1, dilation: 1 };
  const widths = [1, 3, 4, 5, 8, 16, 33];
  const all = (['same', 'valid'] as const).flatMap((pad) =>
    [
      [3, 3],
      [4, 8],
      [5, 7],
      [9, 6],
      [14, 14],
    ].flatMap(([height, width]) =>
      widths.flatMap((channels) =>
        widths.map((filters) => ({ ...common, height: height!, width: width!, channels, filters, pad })),
      ),
    ),
  );
  return deep ? all : all.filter((_, index) => index % 7 === Math.floor(index / 7) % 7);
}

describe.each([true, false])('Winograd kernels, fused multiply-add: %s', (fused) => {
  let heap: WasmHeap;
  beforeAll(async () => {
    await startBackend('wasm');
    heap = await WasmHeap.on(tf.backend() as BackendWasm);
    await heap.takeKernels(fused);
  });
  const tensor = (info: tf.TensorInfo) => tf.engine().makeTensorFromTensorInfo(info);

  test.each(cases().map((c) => [`${c.height}×${c.width}×${c.channels}→${c.filters}, ${c.pad}`, c] as const))(
    'equal plain loops, forward and both gradients: %s',
    (_, c) => {
      tf.tidy(() => {
        const x = normals(c.batch, c.height, c.width, c.channels);
        const filter = normals(3, 3, c.channels, c.filters);
        const g = convGeometry('test', x.shape, filter.shape, { strides: 1, pad: c.pad });
        const dy = normals(...g.outShape);
        const [xs, ws, dys] = [x.dataSync(), filter.dataSync(), dy.dataSync()];
        const y = tensor(winogradConvolve(heap, x, filter, g));
        expect(distance(y.dataSync(), convolution(c, xs, ws, y.size))).toBeLessThan(BOUND);
        const dx = tensor(winogradInputGradient(heap, dy, filter, g));
        expect(distance(dx.dataSync(), inputGradient(c, ws, dys, x.size))).toBeLessThan(BOUND);
        const dw = tensor(winogradFilterGradient(heap, x, dy, g));
        expect(distance(dw.dataSync(), filterGradient(c, xs, dys, filter.size))).toBeLessThan(BOUND);
      });
    },
  );
});

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
      expect(distance(y, expected)).toBeLessThan(precise ? 1e-6 : BOUND);
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
