import * as tf from '@tensorflow/tfjs-core';
import type { ConvAttrs } from '../conv-geometry.ts';

/** Activations that are applied in the same pass as the bias, with a gradient that needs only the output. */
export type FusedActivation = 'linear' | 'relu' | 'relu6';

/** What a fused convolution is told besides its tensors. */
export interface FusedConvOptions extends Pick<ConvAttrs, 'strides' | 'pad' | 'dilations'> {
  activation: FusedActivation;
}

/**
 * activation(conv2d(x, filter) + bias) as one kernel, in training too; differentiable in all three.
 * x [batch, height, width, channels], filter [kernelHeight, kernelWidth, channels, filters], bias [filters] or null.
 */
export function fusedConv2d(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor1D | null,
  { strides, pad, dilations = 1, activation }: FusedConvOptions,
): tf.Tensor4D {
  const inputs: tf.NamedTensorMap = bias === null ? { x, filter } : { x, filter, bias };
  return tf.engine().runKernel('FusedConv2D', inputs, {
    strides,
    pad,
    dataFormat: 'NHWC',
    dilations,
    activation,
  }) as tf.Tensor4D;
}

/** activation(x · kernel + bias) as one kernel; x [batch, inputs], kernel [inputs, units], bias [units] or null. */
export function fusedDense(
  x: tf.Tensor2D,
  kernel: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  activation: FusedActivation,
): tf.Tensor2D {
  const inputs: tf.NamedTensorMap = bias === null ? { a: x, b: kernel } : { a: x, b: kernel, bias };
  return tf
    .engine()
    .runKernel('_FusedMatMul', inputs, { transposeA: false, transposeB: false, activation }) as tf.Tensor2D;
}
