import * as tf from '@tensorflow/tfjs-core';
import { biasGradients } from '../gradients/shared.ts';
import { hasKernel, kernelNames } from './kernel-names.ts';

/** The window of a pooling, as tf.maxPool takes it. */
export interface PoolWindow {
  filterSize: [number, number];
  strides: [number, number];
  pad: 'same' | 'valid';
}

/**
 * maxPool(relu(x + bias)) of x [batch, height, width, channels] and a bias [channels] or null; differentiable in both.
 *
 * Sum and ReLU are computed of the maxima: both keep the order of their arguments, so of finite values the result is the
 * same to the bit, and what they and their gradients read and write is as much smaller as the pooling makes it.
 * Where rounding makes two sums equal, the gradient goes to the greater of what was summed.
 */
export function maxPoolRelu(x: tf.Tensor4D, bias: tf.Tensor1D | null, window: PoolWindow): tf.Tensor4D {
  if (bias !== null && !tf.util.arraysEqual(bias.shape, x.shape.slice(-1))) {
    throw new Error(`maxPoolRelu: the bias must have ${x.shape[3]} values; received shape [${bias.shape}].`);
  }
  if (!hasKernel(kernelNames.maxPoolRelu)) {
    const pooled = tf.maxPool(x, window.filterSize, window.strides, window.pad);
    return tf.relu(bias === null ? pooled : tf.add(pooled, bias)) as tf.Tensor4D;
  }
  const inputs: tf.NamedTensorMap = bias === null ? { x } : { x, bias };
  return tf.engine().runKernel(kernelNames.maxPoolRelu, inputs, { ...window }) as tf.Tensor4D;
}

export const maxPoolReluGradient: tf.GradConfig = {
  kernelName: kernelNames.maxPoolRelu,
  inputsToSave: ['x'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const [x, y] = saved as [tf.Tensor4D, tf.Tensor4D];
    const { before, bias } = biasGradients(dy as tf.Tensor4D, y, 'relu');
    return {
      x: () => tf.engine().runKernel('MaxPoolGrad', { dy: before, input: x, output: y }, attrs) as tf.Tensor,
      bias,
    };
  },
};
