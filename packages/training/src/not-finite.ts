import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { inputTensor } from './batch.ts';
import type { Replica } from './replica.ts';
import type { StepPart } from './step-parts.ts';
import { readWeights, type WeightValues } from './weight-values.ts';

type Layer = LayersModel['layers'][number];

/** The path of the first weight that has values which are not finite. */
export function badWeight(weights: WeightValues): string | undefined {
  return Object.keys(weights).find((path) => !(weights[path] as Float32Array).every(Number.isFinite));
}

/**
 * What was the first to be not finite in a step whose loss was not: a weight, the examples, or the output of a layer, in
 * words; undefined where nothing of them was. Computes the step's forward pass once more: every replica must call it.
 */
export async function firstNotFinite(
  model: LayersModel,
  replica: Replica,
  parts: readonly StepPart[],
  { shape, seed, step }: { shape: readonly number[]; seed: number; step: number },
): Promise<string | undefined> {
  const weight = badWeight(await readWeights(model.weights));
  if (weight !== undefined) return `weight "${weight}"`;
  const isBadData = Float64Array.of(parts.some(({ batch }) => !batch.x.every(Number.isFinite)) ? 1 : 0);
  replica.sum(isBadData);
  if ((isBadData[0] as number) > 0) return 'the examples of its batch';
  for (const { batch, row } of parts) {
    const outputs = outputsOf(model, inputTensor(batch, shape), { training: true, random: { seed, step, row } });
    const isBad = new Float64Array(outputs.length);
    for (const [i, { values }] of outputs.entries()) isBad[i] = (await values.data()).every(Number.isFinite) ? 0 : 1;
    tf.dispose(outputs.map(({ values }) => values));
    replica.sum(isBad);
    const first = outputs[isBad.findIndex((count) => count > 0)];
    if (first !== undefined) return `the output of layer "${first.name}"`;
  }
  return undefined;
}

/** What each layer gives in a forward pass, in the order in which they are computed. Frees `x`. */
function outputsOf(model: LayersModel, x: tf.Tensor, kwargs: object): { name: string; values: tf.Tensor }[] {
  const outputs: { name: string; values: tf.Tensor }[] = [];
  const layers = innerLayers(model);
  for (const layer of layers) {
    const call = layer.call.bind(layer);
    layer.call = (...args) => {
      const output = call(...args);
      for (const values of [output].flat()) outputs.push({ name: layer.name, values: tf.keep(tf.clone(values)) });
      return output;
    };
  }
  try {
    tf.tidy(() => void model.apply(x, kwargs));
    return outputs;
  } finally {
    x.dispose();
    // The method of the class is in place again.
    for (const layer of layers) delete (layer as Partial<Layer>).call;
  }
}

/** A model inside the model stands for its layers. */
function innerLayers(model: LayersModel): Layer[] {
  return model.layers.flatMap((layer) => ('layers' in layer ? innerLayers(layer as LayersModel) : layer));
}
