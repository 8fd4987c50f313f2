import { type FusedActivation, gelu, mish } from '@ablate/tensor-backends';
import type * as tf from '@tensorflow/tfjs-core';
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
  return { fused: 'linear', after: activationFunction(name) };
}

/** tf.layers' activation of a name; Mish and GELU are one kernel where the backend has it. */
export function activationFunction(name: ActivationName): (x: tf.Tensor) => tf.Tensor {
  if (name === 'mish') return mish;
  if (name === 'gelu') return gelu;
  // The name keeps tf.layers from counting up its own.
  const stock = layers.activation({ activation: name, name });
  return (x) => stock.call(x, {}) as tf.Tensor;
}
