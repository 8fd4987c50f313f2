import { randomStream } from '@ablate/random';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** Adds noise to every weight; variances stay above zero. */
export function shakeWeights(model: tfl.LayersModel): void {
  for (const weight of model.weights) {
    const shaken = tf.tidy(() => {
      const noise = noiseTensor(weight.shape as number[], weight.originalName);
      return tf.add(weight.read(), tf.mul(noise, 0.1));
    });
    weight.write(shaken);
    shaken.dispose();
  }
}

/** Values in [-1, 1) that depend on the name alone, at least 2^-10 apart: no finite difference changes a winner. */
export function noiseTensor(shape: readonly number[], name: string): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const order = randomStream(7, name).permutation(size);
  return tf.tensor(
    Float32Array.from(order, (place) => (2 * (place + 0.25)) / size - 1),
    [...shape],
  );
}
