import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelNames } from './kernel-names.ts';

/**
 * Layer normalization over the last axis: `gamma · (x − mean) / √(variance + ε) + beta` (Ba et al. 2016), differentiable in
 * all three. One kernel each way on wasm, composed elsewhere.
 *
 * @param x [..., channels]
 * @param gamma [channels], or null for ones. @param beta [channels], or null for zeros.
 */
export function layerNorm(
  x: tf.Tensor,
  gamma: tf.Tensor1D | null,
  beta: tf.Tensor1D | null,
  epsilon: number,
): tf.Tensor {
  if (hasKernel(kernelNames.layerNorm)) return normalized(kernelNames.layerNorm, x, gamma, beta, { epsilon });
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
  return scaled(tf.mul(centred, inverse), gamma, beta);
}

/**
 * Group normalization: the same over the pixels and channels of each of `groups` groups of neighbouring channels of each
 * example (Wu and He 2018).
 *
 * @param x [batch, height, width, channels]; groups divides channels.
 */
export function groupNorm(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D | null,
  beta: tf.Tensor1D | null,
  groups: number,
  epsilon: number,
): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  if (channels % groups !== 0) {
    throw new Error(`groupNorm: channels (=${channels}) must be divisible by groups (=${groups}).`);
  }
  if (hasKernel(kernelNames.groupNorm)) {
    return normalized(kernelNames.groupNorm, x, gamma, beta, { groups, epsilon }) as tf.Tensor4D;
  }
  const grouped = tf.reshape(x, [batch, height * width, groups, channels / groups]);
  const centred = tf.sub(grouped, tf.mean(grouped, [1, 3], true));
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), [1, 3], true), epsilon));
  return scaled(tf.reshape(tf.mul(centred, inverse), x.shape), gamma, beta) as tf.Tensor4D;
}

function scaled(standard: tf.Tensor, gamma: tf.Tensor1D | null, beta: tf.Tensor1D | null): tf.Tensor {
  const product = gamma === null ? standard : tf.mul(standard, gamma);
  return beta === null ? product : tf.add(product, beta);
}

function normalized(
  kernel: string,
  x: tf.Tensor,
  gamma: tf.Tensor1D | null,
  beta: tf.Tensor1D | null,
  attrs: tf.NamedAttrMap,
): tf.Tensor {
  const channels = x.shape.at(-1) ?? 1;
  const inputs = { x, gamma: gamma ?? tf.ones([channels]), beta: beta ?? tf.zeros([channels]) };
  const [y] = tf.engine().runKernel(kernel, inputs, attrs) as tf.Tensor[];
  return y as tf.Tensor;
}

function gradientOf(kernelName: string, gradientName: string): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['x', 'gamma'],
    outputsToSave: [false, true, true],
    gradFunc: (dys, saved, attrs) => {
      const [dy] = dys as tf.Tensor[];
      const [x, gamma, means, inverses] = saved;
      // At once, not in the thunks: tfjs tidies each thunk, and one pass makes all three.
      const inputs = { x, gamma, means, inverses, dy } as tf.NamedTensorMap;
      const [dx, dGamma, dBeta] = tf.engine().runKernel(gradientName, inputs, attrs) as tf.Tensor[];
      return { x: () => dx as tf.Tensor, gamma: () => dGamma as tf.Tensor, beta: () => dBeta as tf.Tensor };
    },
  };
}

export const groupNormGradients: tf.GradConfig[] = [
  gradientOf(kernelNames.layerNorm, kernelNames.layerNormGrad),
  gradientOf(kernelNames.groupNorm, kernelNames.groupNormGrad),
];
