import { dropoutMask } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerPlace } from '../random-layer.ts';

/** x times a dropout mask of `maskShape`, rows first, that is repeated along the axes where it is 1. */
export function masked(x: tf.Tensor, maskShape: readonly number[], rate: number, place: LayerPlace): tf.Tensor {
  if (rate === 0) return tf.clone(x);
  return tf.mul(x, dropoutMask(maskShape, { rate, ...place }));
}
