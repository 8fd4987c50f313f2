import { randomStream } from '@ablate/random';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { LayerCase, LayerSubject } from './layer-subject.ts';
import { type NdArray, ndArray } from './nd-array.ts';

/** The layer's name in a contract: with a slash, as in a graph. */
export const LAYER_NAME = 'block/layer';
/** Rows of a batch: enough for batch statistics. */
export const BATCH = 5;
/** What a training loop hands to layers. */
export const trainingKwargs = { training: true, random: { seed: 1, step: 3, row: 0 } };

/** A model of one layer, with weights that are not those it starts with. */
export function modelOfLayer(subject: LayerSubject, { args, inputs }: LayerCase): LayersModel {
  const complete = subject.descriptor.args.parse(args);
  const symbols = inputs.map((shape) => input({ shape: [...shape] }));
  const layer = subject.create(complete, LAYER_NAME);
  const outputs = layer.apply(symbols.length === 1 ? (symbols[0] as SymbolicTensor) : symbols) as SymbolicTensor;
  const built = model({ inputs: symbols, outputs });
  for (const weight of built.weights) {
    const shaken = tf.tidy(() =>
      tf.add(weight.read(), tf.mul(tensorOf(noise(weight.shape as number[], weight.originalName)), 0.1)),
    );
    weight.write(shaken);
    shaken.dispose();
  }
  return built;
}

/** Inputs of a batch: noise that depends on the case alone. */
export function inputsOf({ inputs }: LayerCase, batch = BATCH): NdArray[] {
  return inputs.map((shape, i) => noise([batch, ...shape], `input ${i}`));
}

/** Values in [−1, 1) that depend on the name alone, no two alike, so that maxima have one winner. */
export function noise(shape: readonly number[], name: string): NdArray {
  const size = shape.reduce((a, b) => a * b, 1);
  const order = randomStream(7, name).permutation(size);
  let i = 0;
  return ndArray(shape, () => Math.fround((2 * ((order[i++] as number) + 0.25)) / size - 1));
}

export function tensorOf({ shape, data }: NdArray): tf.Tensor {
  return tf.tensor(Float32Array.from(data), [...shape]);
}

export function arrayOf(tensor: tf.Tensor): NdArray {
  return { shape: tensor.shape, data: Float64Array.from(tensor.dataSync()) };
}

/** A model's weights by the descriptor's names. */
export function weightsOf(built: LayersModel): Record<string, NdArray> {
  return Object.fromEntries(
    built.weights.map((weight) => [
      weight.originalName.slice(weight.originalName.lastIndexOf('/') + 1),
      arrayOf(weight.read()),
    ]),
  );
}

/** The model's output, in training with {@link trainingKwargs}. */
export function outputOf(built: LayersModel, inputs: readonly tf.Tensor[], training = false): tf.Tensor {
  return built.apply([...inputs], training ? trainingKwargs : {}) as tf.Tensor;
}
