import type * as tf from '@tensorflow/tfjs-core';
import type { FusedActivation } from '@ablate/tensor-backends';
import { layers } from '@tensorflow/tfjs-layers';
import type { ActivationName } from './schema/activations.ts';

/** An activation in two parts: what the fused kernel applies, and what is left to do after it. */
export interface OutputActivation {
  fused: FusedActivation;
  after(y: tf.Tensor): tf.Tensor;
}

export function outputActivation(name: ActivationName | null): OutputActivation {
  if (name === null || name === 'linear' || name === 'relu' || name === 'relu6') {
    return { fused: name ?? 'linear', after: (y) => y };
  }
  // Stock maths for the rest; the name keeps tf.layers from counting up its own.
  const stock = layers.activation({ activation: name, name });
  return { fused: 'linear', after: (y) => stock.call(y, {}) as tf.Tensor };
}
