import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { randomStream, streamKey } from '@ablate/random';
import { batchNormTraining, dropout } from '@ablate/tensor-backends';
import type { Examples } from '../src/index.ts';

/** Examples from arrays; `reads` collects the indices of each read. */
export function examplesOf(
  x: readonly (readonly number[])[],
  labels: readonly number[],
  { shape = [x[0]?.length ?? 0], classes = Math.max(...labels) + 1, reads = [] as number[][] } = {},
): Examples {
  return {
    count: x.length,
    shape,
    classes,
    read(indices) {
      const rows = Array.from(indices);
      reads.push(rows);
      return {
        x: Float32Array.from(rows.flatMap((row) => x[row] as number[])),
        labels: Int32Array.from(rows, (row) => labels[row] as number),
      };
    },
  };
}

/** `classes` clouds around the corners of a regular polygon of radius 3, of standard deviation 0.5. */
export function blobs(count: number, classes = 3, name = 'blobs'): { x: number[][]; labels: number[] } {
  const noise = randomStream(7, name).fillNormal(new Float32Array(2 * count), 0, 0.5);
  const labels = Array.from({ length: count }, (_, i) => i % classes);
  const x = labels.map((label, i) => {
    const angle = (2 * Math.PI * label) / classes;
    return [3 * Math.cos(angle) + (noise[2 * i] as number), 3 * Math.sin(angle) + (noise[2 * i + 1] as number)];
  });
  return { x, labels };
}

/** Dropout that draws from the kwargs which the loop passes. */
export class SeededDropout extends layers.Layer {
  static className = 'SeededDropout';
  readonly rate: number;

  constructor(args: { name: string; rate: number }) {
    super({ name: args.name });
    this.rate = args.rate;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown>): tf.Tensor {
    const [x] = [inputs].flat() as [tf.Tensor];
    if (kwargs['training'] !== true) return tf.clone(x);
    const { seed, step, row } = kwargs['random'] as { seed: number; step: number; row: number };
    return dropout(x, { rate: this.rate, key: streamKey(seed, `dropout/${this.name}`), step, row });
  }
}

/** Batch norm without scale, offset and moving statistics, over the batches of all replicas. */
export class SharedStatistics extends layers.Layer {
  static className = 'SharedStatistics';

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat() as [tf.Tensor];
    const channels = x.shape.at(-1) as number;
    return batchNormTraining(x, tf.ones([channels]), tf.zeros([channels]), 1e-3).y;
  }
}

/** inputs → units, tanh → classes, with weights that are the same for each model of the same shape. */
export function smallNet(inputs: number, units: number, classes: number): LayersModel {
  const model = sequential({
    layers: [layers.dense({ inputShape: [inputs], units, activation: 'tanh' }), layers.dense({ units: classes })],
  });
  return withSeededWeights(model);
}

/** inputs → units without bias, batch norm, tanh, dropout of 0.25, → classes. */
export function regularizedNet(inputs: number, units: number, classes: number): LayersModel {
  const model = sequential({
    layers: [
      layers.dense({ inputShape: [inputs], units, useBias: false }),
      layers.batchNormalization({ momentum: 0.9, epsilon: 1e-3 }),
      layers.activation({ activation: 'tanh' }),
      new SeededDropout({ name: 'drop', rate: 0.25 }),
      layers.dense({ units: classes }),
    ],
  });
  return withSeededWeights(model);
}

/** Matrices and kernels get normals of standard deviation 0.5; vectors keep their initial values. */
export function withSeededWeights<Model extends LayersModel>(model: Model): Model {
  tf.tidy(() => {
    for (const [i, weight] of model.trainableWeights.entries()) {
      const { shape } = weight.read();
      if (shape.length === 1) continue;
      const values = randomStream(5, `weight ${i}`).fillNormal(new Float32Array(tf.util.sizeFromShape(shape)), 0, 0.5);
      weight.write(tf.tensor(values, shape));
    }
  });
  return model;
}

/** Every weight of the model, also those that are not trained. */
export async function weightsOf(model: LayersModel): Promise<number[][]> {
  return Promise.all(model.weights.map(async (weight) => Array.from(await weight.read().data())));
}
