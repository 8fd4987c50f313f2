import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { BackendError, fusedConv2d, startBackend } from '../src/index.ts';
import { wasmHeap } from '../src/start-backend.ts';
import type { WasmHeap } from '../src/wasm/heap.ts';

beforeAll(() => startBackend('wasm'));

const ones = (size: number, channels: number) => tf.ones([1, size, size, channels]) as tf.Tensor4D;
const options = { strides: 1, pad: 'same', activation: 'relu' } as const;
const kernel = (filters: number) => tf.ones([1, 1, 1, filters]) as tf.Tensor4D;

test.each([
  ['a product of tfjs', 8192, () => tf.matMul(tf.ones([2 ** 15, 1]), tf.ones([1, 2 ** 16]))],
  // 4 GiB is 0 modulo 2^32, 5 GiB is 1.
  ['a convolution', 4096, () => tf.conv2d(ones(1024, 1), kernel(1024), 1, 'same')],
  ['a convolution with bias', 5120, () => fusedConv2d(ones(1024, 1), kernel(1280), tf.zeros([1280]), options)],
  ["one of tfjs's own kernels", 5120, () => tf.tile(ones(1024, 1), [1, 1, 1, 1280])],
  ['a tensor that malloc itself refuses,', 4093, () => tf.tile(tf.ones([1024]), [4093 * 256])],
])('%s of %i MiB is refused with the sizes, and what follows is right', (_, size, work) => {
  const before = tf.memory().numTensors;
  const said = messageOf(() => tf.tidy(work));
  expect(said).toMatch(
    new RegExp(
      `^backend "wasm": no room for ${size} MiB \\(\\d+ MiB in use\\)\\. Use a smaller batchSize or backend cpu\\.$`,
    ),
  );
  expect(tf.memory().numTensors).toBe(before);
  expect(nineConvolved()).toEqual([9, 12, 9, 12, 16, 12, 9, 12, 9]);
});

test('tensors above 2 GiB, whose addresses are negative numbers to tfjs, are computed with', () => {
  const heap = wasmHeap() as WasmHeap;
  // Never written, so it takes no memory of the machine.
  const large = tf.engine().makeTensorFromTensorInfo(heap.output([2 ** 29 + 2 ** 20]));
  const x = tf.ones([2 ** 20]);
  expect(heap.address(x)).toBeGreaterThan(2 ** 31);
  expect(nineConvolved()).toEqual([9, 12, 9, 12, 16, 12, 9, 12, 9]);
  expect(tf.tidy(() => tf.sum(tf.add(x, 1)).dataSync()[0])).toBe(2 ** 21);
  tf.dispose([large, x]);
});

function nineConvolved(): number[] {
  return tf.tidy(() => [
    ...tf
      .grad((w) => tf.conv2d(tf.ones([1, 4, 4, 1]) as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'))(tf.ones([3, 3, 1, 1]))
      .dataSync(),
  ]);
}

function messageOf(work: () => void): string {
  try {
    work();
  } catch (error) {
    if (error instanceof BackendError) return error.message;
    throw error;
  }
  return 'it went through';
}
