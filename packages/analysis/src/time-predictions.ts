import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * Milliseconds of each of some predictions of a batch of ones, in inference mode, until the output can be read. Leaves no
 * tensors.
 *
 * @param shape Of the batch.
 */
export async function timePredictions(
  model: LayersModel,
  shape: readonly number[],
  rounds: number,
  now: () => number,
): Promise<number[]> {
  const input = tf.ones([...shape]);
  try {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const start = now();
      await predictOnce(model, input);
      times.push(now() - start);
    }
    return times;
  } finally {
    input.dispose();
  }
}

async function predictOnce(model: LayersModel, input: tf.Tensor): Promise<void> {
  const outputs = [model.predictOnBatch(input)].flat();
  try {
    await Promise.all(outputs.map((output) => output.data()));
  } finally {
    tf.dispose(outputs);
  }
}

/** @throws RangeError unless the value is a whole number of at least `least`. */
export function checkCount(who: string, name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new RangeError(`${who}: ${name} must be a whole number ≥ ${least}; received ${value}.`);
}
