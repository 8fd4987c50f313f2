/* What stock tfjs-backend-wasm 4.22 does, in a thread of its own: these are the reasons for our kernels. */
import '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { startBackend } from '../src/index.ts';

const convolutionGradient = () =>
  tf.tidy(() =>
    tf
      .grad((w) => tf.conv2d(tf.ones([1, 4, 4, 1]) as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'))(tf.ones([3, 3, 1, 1]))
      .dataSync(),
  );
const negativeMaximum = () =>
  tf.tidy(
    () =>
      tf.sum(tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'))(tf.neg(tf.ones([1, 4, 4, 1])))).dataSync()[0],
  );

test('stock wasm throws at the gradient of a convolution and loses that of negative maxima; after startBackend it does not', async () => {
  await tf.setBackend('wasm');
  expect(convolutionGradient).toThrow("Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'");
  expect(negativeMaximum()).toBeLessThan(4);
  await startBackend('wasm');
  expect([...convolutionGradient()]).toEqual([9, 12, 9, 12, 16, 12, 9, 12, 9]);
  expect(negativeMaximum()).toBe(4);
});
