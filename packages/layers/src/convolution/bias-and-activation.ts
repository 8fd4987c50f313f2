import * as tf from '@tensorflow/tfjs-core';
import type { OutputActivation } from '../output-activation.ts';

/** activation(y + bias), for convolutions without a fused kernel. */
export function biasAndActivation(
  y: tf.Tensor,
  bias: tf.Tensor1D | null,
  { fused, after }: OutputActivation,
): tf.Tensor {
  const biased = bias === null ? y : tf.add(y, bias);
  if (fused === 'relu') return tf.relu(biased);
  if (fused === 'relu6') return tf.relu6(biased);
  return after(biased);
}
