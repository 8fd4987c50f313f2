import * as tf from '@tensorflow/tfjs-core';
import { columnSums, reluGrad } from '../gradients/shared.ts';
import type { BatchNormActivation } from './batch-norm.ts';
import { hasKernel, kernelNames } from './kernel-names.ts';

/** Tensors [channels] of a batch normalization outside training. */
export interface FixedBatchNorm {
  mean: tf.Tensor1D;
  variance: tf.Tensor1D;
  gamma: tf.Tensor1D;
  beta: tf.Tensor1D;
}

/**
 * activation(gamma · (x − mean) / √(variance + epsilon) + beta) over all axes but the last, with statistics that are
 * given; one pass on wasm. Differentiable in x, gamma and beta.
 */
export function batchNormInference(
  x: tf.Tensor,
  { mean, variance, gamma, beta }: FixedBatchNorm,
  epsilon: number,
  activation: BatchNormActivation = 'linear',
): tf.Tensor {
  if (hasKernel(kernelNames.batchNormInference)) {
    const inputs = { x, mean, variance, gamma, beta };
    return tf.engine().runKernel(kernelNames.batchNormInference, inputs, { epsilon, activation }) as tf.Tensor;
  }
  const factor = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)));
  const y = tf.add(tf.mul(tf.sub(x, mean), factor), beta);
  return activation === 'relu' ? tf.relu(y) : y;
}

export const batchNormInferenceGradient: tf.GradConfig = {
  kernelName: kernelNames.batchNormInference,
  inputsToSave: ['x', 'mean', 'variance', 'gamma'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const [x, mean, variance, gamma, y] = saved as [tf.Tensor, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor];
    const before = attrs['activation'] === 'relu' ? reluGrad(dy as tf.Tensor, y) : (dy as tf.Tensor);
    const deviation = () => tf.rsqrt(tf.add(variance, attrs['epsilon'] as number));
    return {
      x: () => tf.mul(before, tf.mul(gamma, deviation())),
      gamma: () => columnSums(tf.mul(before, tf.mul(tf.sub(x, mean), deviation()))),
      beta: () => columnSums(before),
    };
  },
};
