import * as tf from '@tensorflow/tfjs-core';
import { addRelu, type PoolWindow } from '@ablate/tensor-backends';
import type { layers } from '@tensorflow/tfjs-layers';
import { Conv2D } from './convolution/conv2d.ts';
import { Dense } from './core/dense.ts';
import { BatchNormalization } from './normalization/batch-normalization.ts';
import { pair } from './schema/pair.ts';
import { poolArgs } from './schema/pooling/pool-args.ts';

/** A layer's function with the kwargs of its call. */
export type LayerCall = (inputs: tf.Tensor[], kwargs: Record<string, unknown>) => tf.Tensor;

/** relu(layer(inputs)) as one op each way; null for a layer that has none. */
export function rectifiedCall(layer: layers.Layer): LayerCall | null {
  if (layer instanceof BatchNormalization) return (inputs, kwargs) => layer.rectified(only(layer, inputs), kwargs);
  if (layer instanceof Conv2D || layer instanceof Dense) {
    const { activation } = layer.args;
    if ((activation !== null && activation !== 'linear') || layer.penalizesActivity) return null;
    return (inputs) => layer.rectified(only(layer, inputs));
  }
  if (layer.getClassName() === 'Add') {
    return (inputs) => {
      const last = inputs.at(-1);
      if (last === undefined || inputs.length < 2) throw new Error(`${layer.name}: must add two tensors or more.`);
      return tf.tidy(() => addRelu(sumOf(inputs.slice(0, -1)), last));
    };
  }
  return null;
}

/**
 * maxPool(relu(layer(inputs))), or maxPool(layer(inputs)) of a layer whose own activation is ReLU, with few passes; null
 * for layers that have no such op.
 *
 * @param pool Arguments of the `maxPooling2d`.
 */
export function pooledCall(
  layer: layers.Layer,
  { rectified }: { rectified: boolean },
  pool: unknown,
): LayerCall | null {
  if (!(layer instanceof Conv2D) || layer.penalizesActivity) return null;
  const { activation } = layer.args;
  const own = activation === null || activation === 'linear' ? null : activation;
  if (own !== (rectified ? null : 'relu')) return null;
  const { poolSize, strides, padding } = poolArgs.parse(pool);
  const window: PoolWindow = { filterSize: pair(poolSize), strides: pair(strides ?? poolSize), pad: padding };
  return (inputs) => layer.rectifiedAndPooled(only(layer, inputs), window);
}

/**
 * activation(layer(inputs[0]) + inputs[1]) in the passes of a batch normalization; null for other layers.
 *
 * @param rectified Whether a ReLU follows the sum.
 */
export function summedCall(layer: layers.Layer, { rectified }: { rectified: boolean }): LayerCall | null {
  if (!(layer instanceof BatchNormalization)) return null;
  return ([x, addend], kwargs) => {
    if (x === undefined || addend === undefined) throw new Error(`${layer.name}: must be summed with one tensor.`);
    return layer.summed(x, addend, kwargs, rectified ? 'relu' : 'linear');
  };
}

/** Σ inputs, without the copy that tf.layers' Add begins with. */
export function sumOf([first, ...others]: readonly tf.Tensor[]): tf.Tensor {
  if (first === undefined) throw new Error('sumOf: must have a tensor to sum.');
  return others.reduce((sum, other) => tf.add(sum, other), first);
}

function only(layer: layers.Layer, inputs: readonly tf.Tensor[]): tf.Tensor {
  const [x] = inputs;
  if (x === undefined || inputs.length > 1)
    throw new Error(`${layer.name}: takes one tensor; received ${inputs.length}.`);
  return x;
}
