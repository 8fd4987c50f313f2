import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { TrainingError } from './training-error.ts';

/** Paths are unique in models of ours; in nested models of others, the second of a name is `name#2`. */
export function uniquePaths(weights: readonly LayerVariable[]): string[] {
  const seen = new Map<string, number>();
  return weights.map(({ originalName }) => {
    const times = (seen.get(originalName) ?? 0) + 1;
    seen.set(originalName, times);
    return times === 1 ? originalName : `${originalName}#${times}`;
  });
}

/** tf.layers' variable around the tensor that ops see. */
export function variableOf(weight: LayerVariable): tf.Variable {
  const value = weight.read();
  if (value instanceof tf.Variable) return value;
  throw new TrainingError(`internal: weight "${weight.originalName}" is not backed by a tf.Variable.`);
}
