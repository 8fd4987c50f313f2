import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from '@ablate/random';
import { batchNormTraining, softmaxCrossEntropy } from '../src/index.ts';
import { lockstep } from './lockstep.ts';

export interface ReplicaCase {
  /** Rows of each replica. */
  rows: number[];
  channels: number;
  activation: 'linear' | 'relu';
}

export const replicaCases: readonly ReplicaCase[] = [
  { rows: [3, 3], channels: 4, activation: 'linear' },
  { rows: [70, 5], channels: 3, activation: 'relu' },
  { rows: [2, 0], channels: 5, activation: 'relu' },
  { rows: [0, 7, 1], channels: 8, activation: 'linear' },
];

type Values = Record<'y' | 'dx' | 'dGamma' | 'dBeta' | 'mean' | 'variance', Float32Array>;

/** Batch normalization, forward and backward, of a batch whole, and in parts put together again. */
export function batchNormBothWays({ rows, channels, activation }: ReplicaCase): { whole: Values; parts: Values } {
  const total = rows.reduce((a, b) => a + b, 0);
  const stream = randomStream(5, `replicas/${rows.join('-')}/${channels}`);
  const normals = (...shape: number[]) => {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    stream.fillNormal(values);
    return values;
  };
  // Rows far from zero and far from each other: sums of squares would lose them.
  const x = normals(total, 2, channels).map((value, i) => value + 100 + Math.floor(i / (2 * channels)));
  const [dy, gamma, beta] = [normals(total, 2, channels), normals(channels), normals(channels)];
  const width = 2 * channels;
  const run = (first: number, count: number): Values =>
    tf.tidy(() => {
      const part = (values: Float32Array) =>
        tf.tensor(values.slice(first * width, (first + count) * width), [count, 2, channels]);
      const weights = [tf.tensor1d(gamma), tf.tensor1d(beta)] as const;
      let statistics: { mean: tf.Tensor; variance: tf.Tensor } | undefined;
      const { value, grads } = tf.valueAndGrads((a, g, b) => {
        const { y, ...rest } = batchNormTraining(a, g as tf.Tensor1D, b as tf.Tensor1D, 1e-3, activation);
        statistics = { mean: tf.keep(rest.mean), variance: tf.keep(rest.variance) };
        return y;
      })([part(x), ...weights], part(dy));
      const [dx, dGamma, dBeta] = grads;
      const floats = (tensor: tf.Tensor | undefined) => Float32Array.from(tensor!.dataSync());
      const result = {
        y: floats(value),
        dx: floats(dx),
        dGamma: floats(dGamma),
        dBeta: floats(dBeta),
        mean: floats(statistics?.mean),
        variance: floats(statistics?.variance),
      };
      tf.dispose(Object.values(statistics ?? {}));
      return result;
    });
  const starts = rows.map((_, i) => rows.slice(0, i).reduce((a, b) => a + b, 0));
  const shards = lockstep(rows.map((count, i) => () => run(starts[i]!, count)));
  const joined = (of: 'y' | 'dx') => Float32Array.from(shards.flatMap((shard) => [...shard[of]]));
  const added = (of: 'dGamma' | 'dBeta') =>
    Float32Array.from({ length: channels }, (_, c) => shards.reduce((sum, shard) => sum + shard[of][c]!, 0));
  const { mean, variance } = shards.at(-1)!;
  const parts = { y: joined('y'), dx: joined('dx'), dGamma: added('dGamma'), dBeta: added('dBeta'), mean, variance };
  return { whole: run(0, total), parts };
}

/** Loss, hits and gradient of no rows out of a batch of 8. */
export function crossEntropyOfNothing(): number[] {
  return tf.tidy(() => {
    const [logits, labels] = [tf.zeros([0, 3]) as tf.Tensor2D, tf.tensor1d([], 'int32')];
    const { loss, correct } = softmaxCrossEntropy(logits, labels, { count: 8 });
    const alone = softmaxCrossEntropy(logits, labels).loss;
    const gradient = tf.grad((a) => softmaxCrossEntropy(a as tf.Tensor2D, labels, { count: 8 }).loss)(logits);
    return [loss.dataSync()[0]!, correct.dataSync()[0]!, alone.dataSync()[0]!, gradient.size];
  });
}
