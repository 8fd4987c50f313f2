import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { TrainingError } from './training-error.ts';
import { uniquePaths, variableOf } from './weight-paths.ts';

/** Copies of weights, flat, by their paths. */
export type WeightValues = Record<string, Float32Array>;

/** @param tensors That hold them, in the order of the weights. Default: the weights as they are. */
export async function readWeights(
  weights: readonly LayerVariable[],
  tensors: readonly tf.Tensor[] = weights.map(variableOf),
): Promise<WeightValues> {
  const values: WeightValues = {};
  for (const [i, path] of uniquePaths(weights).entries()) {
    values[path] = Float32Array.from(await (tensors[i] as tf.Tensor).data());
  }
  return values;
}

/** New tensors of these values, in the order of the weights. Check them first. */
export function tensorsOf(weights: readonly LayerVariable[], values: WeightValues): tf.Tensor[] {
  const paths = uniquePaths(weights);
  // A copy: some backends keep the array that they are given.
  return weights.map(({ shape }, i) =>
    tf.tensor((values[paths[i] as string] as Float32Array).slice(), shape as number[]),
  );
}

/** Check them first. */
export function writeWeights(weights: readonly LayerVariable[], values: WeightValues): void {
  tf.tidy(() => {
    for (const [i, tensor] of tensorsOf(weights, values).entries())
      variableOf(weights[i] as LayerVariable).assign(tensor);
  });
}

/** @throws TrainingError unless these are values of exactly these weights. */
export function checkWeights(weights: readonly LayerVariable[], values: WeightValues): void {
  const paths = uniquePaths(weights);
  for (const [i, path] of paths.entries()) {
    const { size } = variableOf(weights[i] as LayerVariable);
    const length = values[path]?.length;
    if (length === size) continue;
    throw new TrainingError(
      `snapshot: must have ${size} values of weight "${path}"; received ${length ?? 'none'}. Use a snapshot of the same model, whose layers have the same names.`,
    );
  }
  const odd = Object.keys(values).find((path) => !paths.includes(path));
  if (odd === undefined) return;
  throw new TrainingError(
    `snapshot: must have weights of this model alone; received "${odd}" too. Use a snapshot of the same model.`,
  );
}
