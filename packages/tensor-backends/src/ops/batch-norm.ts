import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelNames } from './kernel-names.ts';

/** y has x's shape; mean and variance [channels] are of the batch, the variance divided by the number of rows. */
export interface BatchNormResult {
  y: tf.Tensor;
  mean: tf.Tensor1D;
  variance: tf.Tensor1D;
}

/**
 * Batch normalization over all axes but the last, with the batch's own statistics (Ioffe and Szegedy 2015), in two
 * passes over x; differentiable in x, gamma and beta. Gradients do not flow through `mean` and `variance`.
 *
 * @param gamma [channels], @param beta [channels]
 * @param activation Applied to y; on wasm in the same passes, forward and backward.
 */
export function batchNormTraining(
  x: tf.Tensor,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
  activation: 'linear' | 'relu' = 'linear',
): BatchNormResult {
  const kernel = activation === 'relu' ? kernelNames.batchNormRelu : kernelNames.batchNorm;
  if (activation === 'relu' && !hasKernel(kernel)) {
    const { y, ...statistics } = batchNormTraining(x, gamma, beta, epsilon);
    return { y: tf.relu(y), ...statistics };
  }
  if (hasKernel(kernel)) {
    const [y, mean, variance] = tf.engine().runKernel(kernel, { x, gamma, beta }, { epsilon }) as [
      tf.Tensor,
      tf.Tensor1D,
      tf.Tensor1D,
    ];
    return { y, mean, variance };
  }
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  const mean = tf.mean(x, axes) as tf.Tensor1D;
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), axes) as tf.Tensor1D;
  const y = tf.add(tf.mul(centred, tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)))), beta);
  return { y, mean, variance };
}

/** Of either kernel: the ReLU's mask is computed again from x, so y is not kept. */
function gradientOf(kernelName: string, rectify: boolean): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['x', 'gamma', 'beta'],
    outputsToSave: [false, true, true],
    gradFunc: (dys, saved, attrs) => {
      const [dy] = dys as tf.Tensor[];
      const [x, gamma, beta, mean, variance] = saved;
      // At once, not in the thunks: tfjs tidies each thunk, and one pass makes all three.
      const inputs = { x, gamma, beta, mean, variance, dy } as tf.NamedTensorMap;
      const [dx, dGamma, dBeta] = tf
        .engine()
        .runKernel(kernelNames.batchNormGrad, inputs, { ...attrs, rectify }) as tf.Tensor[];
      return { x: () => dx as tf.Tensor, gamma: () => dGamma as tf.Tensor, beta: () => dBeta as tf.Tensor };
    },
  };
}

export const batchNormGradient = gradientOf(kernelNames.batchNorm, false);
export const batchNormReluGradient = gradientOf(kernelNames.batchNormRelu, true);
