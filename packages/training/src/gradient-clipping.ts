import * as tf from '@tensorflow/tfjs-core';
import type { ClippingSettings } from './schema/gradients.ts';

/** √ Σ over all tensors of their squared values, summed in double precision. */
export async function globalNorm(tensors: readonly tf.Tensor[]): Promise<number> {
  let sum = 0;
  for (const tensor of tensors) for (const value of (await tensor.data()) as Float32Array) sum += value * value;
  return Math.sqrt(sum);
}

/**
 * Clips the gradients of a step, by value first: every value into [−clipValue, clipValue]; then by norm: all of them times
 * min(1, clipNorm / (norm + 1e-6)), as PyTorch's clip_grad_value_ and clip_grad_norm_. A norm that is not finite makes
 * them not finite: look at `norm`.
 *
 * @param gradients Of the whole batch: with replicas, their sum. They are taken over: what is returned replaces them.
 * @returns `norm` is that before clipping by it; undefined where no clipNorm is set.
 */
export async function clipGradients(
  gradients: tf.NamedTensorMap,
  { clipNorm, clipValue }: ClippingSettings,
): Promise<{ gradients: tf.NamedTensorMap; norm?: number }> {
  let clipped = gradients;
  if (clipValue !== undefined) clipped = replaceEach(clipped, (g) => tf.clipByValue(g, -clipValue, clipValue));
  if (clipNorm === undefined) return { gradients: clipped };
  const norm = await globalNorm(Object.values(clipped));
  const scale = clipNorm / (norm + 1e-6);
  if (!(scale >= 1)) clipped = replaceEach(clipped, (g) => tf.mul(g, scale));
  return { gradients: clipped, norm };
}

/** Two names may share a tensor: all are made before any is freed. */
function replaceEach(tensors: tf.NamedTensorMap, make: (tensor: tf.Tensor) => tf.Tensor): tf.NamedTensorMap {
  const made = Object.entries(tensors).map(([name, tensor]) => [name, make(tensor)] as const);
  tf.dispose(tensors);
  return Object.fromEntries(made);
}
