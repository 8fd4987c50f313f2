import * as tf from '@tensorflow/tfjs-core';
import { fusedConv2d } from '@ablate/tensor-backends';
import type { Conv2dArgs } from '../schema/convolution/conv2d.ts';
import { pair } from '../schema/pair.ts';

/** x ∗ kernel + bias, in the convolution's own pass. */
export function convolve(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D | null,
  { strides, dilationRate, padding }: Pick<Conv2dArgs, 'strides' | 'dilationRate' | 'padding'>,
  activation: 'linear' | 'relu' | 'relu6' = 'linear',
): tf.Tensor4D {
  return fusedConv2d(x, kernel, bias, {
    strides: pair(strides),
    dilations: pair(dilationRate),
    pad: padding,
    activation,
  });
}
