import * as tf from '@tensorflow/tfjs-core';
import type { FusedActivation } from '../ops/fused-layers.ts';
import { hasKernel, kernelNames } from '../ops/kernel-names.ts';

/** The gradient before an activation, from that after it and the activation's output. */
export function activationGradient<T extends tf.Tensor>(dy: T, y: T, activation: FusedActivation): T {
  switch (activation) {
    case 'linear':
      return dy;
    case 'relu':
      return reluGrad(dy, y);
    case 'relu6':
      return tf.mul(reluGrad(dy, y), tf.cast(tf.less(y, 6), 'float32')) as T;
  }
}

/** The gradients before an activation and in the bias that was added before it; one pass where the backend can. */
export function biasGradients<T extends tf.Tensor>(
  dy: T,
  y: T,
  activation: FusedActivation,
): { before: T; bias: () => tf.Tensor1D } {
  if (activation === 'linear' || !hasKernel(kernelNames.biasActivationGrad)) {
    const before = activationGradient(dy, y, activation);
    return { before, bias: () => columnSums(before) };
  }
  const [before, bias] = tf.engine().runKernel(kernelNames.biasActivationGrad, { y, dy }, { activation }) as [
    T,
    tf.Tensor1D,
  ];
  return { before, bias: () => bias };
}

/** y > 0 ? dy : 0 */
export function reluGrad<T extends tf.Tensor>(dy: T, y: T): T {
  if (hasKernel(kernelNames.reluGrad)) return tf.engine().runKernel(kernelNames.reluGrad, { y, dy }) as T;
  return tf.mul(dy, tf.step(y)) as T;
}

/** Σ over all axes but the last. */
export function columnSums(x: tf.Tensor): tf.Tensor1D {
  if (hasKernel(kernelNames.columnSums)) return tf.engine().runKernel(kernelNames.columnSums, { x }) as tf.Tensor1D;
  return tf.sum(tf.reshape(x, [-1, x.shape.at(-1) ?? 1]), 0) as tf.Tensor1D;
}
