import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { activationStatistics, type Pathology, type TrainingRecords, weightFlow } from '../src/schema/index.ts';

/* Small trainings that are well or ill: classes of points in sixteen dimensions, by plain gradient descent. */

/** A training, and what is wrong with it. */
export interface Training {
  activation: 'relu' | 'tanh' | 'sigmoid' | 'linear';
  units: readonly number[];
  rate: number;
  /** Standard deviation of the weights, times √(1 / inputs). */
  gain?: number;
  bias?: number;
  /** Standard deviation of the points around their centres. */
  noise?: number;
  /** How many points there are, the same in every step; left out, each step has new ones. */
  points?: number;
  /** Default 40. */
  steps?: number;
  ill?: Pathology;
}

/** Trains, and records as a study would. With `validated`, losses of 240 other points too: each ten steps are an epoch. */
export function train(
  { activation, units, rate, gain = 1, bias = 0, noise: spread = 1, steps = 40, points: fixed }: Training,
  seed: number,
  validated = false,
): TrainingRecords {
  const model = network(activation, units, gain, bias, seed);
  const centres = tf.mul(2, tf.randomNormal([3, 16], 0, 1, 'float32', 1000 + seed));
  const gradients: NonNullable<TrainingRecords['gradients']>[number][] = [];
  const losses: { step: number; loss: number | null }[] = [];
  const activations: NonNullable<TrainingRecords['activations']>[number][] = [];
  const points = fixed ?? 48;
  const epochs: NonNullable<TrainingRecords['epochs']>[number][] = [];
  const draw = (count: number, of: number) => {
    const labels = tf.tensor1d(
      Array.from({ length: count }, (_, row) => row % 3),
      'int32',
    );
    const noise = tf.randomNormal([count, 16], 0, spread, 'float32', of);
    return { x: tf.add(tf.gather(centres, labels), noise), y: tf.oneHot(labels, 3) };
  };
  const lossOf = ({ x, y }: ReturnType<typeof draw>) =>
    tf.losses.softmaxCrossEntropy(y, model.apply(x, { training: true }) as tf.Tensor2D) as tf.Scalar;
  for (let step = 0; step < steps; step++) {
    tf.tidy(() => {
      const batch = draw(points, 100 * seed + (fixed === undefined ? step : 0));
      const { x } = batch;
      const { value, grads } = tf.variableGrads(() => lossOf(batch));
      const [lost = Number.NaN] = value.dataSync();
      losses.push({ step, loss: Number.isFinite(lost) ? lost : null });
      const recorded = step % 10 === 0;
      if (recorded && validated) {
        const [validationLoss = Number.NaN] = lossOf(draw(240, 100 * seed + 99)).dataSync();
        epochs.push({ epoch: 1 + step / 10, trainLoss: lost, validationLoss });
      }
      const weights = model.trainableWeights.map((weight) => {
        const variable = weight.read() as tf.Variable;
        const gradient = grads[variable.name];
        if (gradient === undefined) throw new Error(`no gradient of ${variable.name}`);
        const update = tf.mul(-rate, gradient);
        const line = () =>
          weightFlow(weight.originalName, {
            gradient: gradient.dataSync(),
            update: update.dataSync(),
            value: variable.dataSync(),
          });
        const flow = recorded ? [line()] : [];
        variable.assign(tf.add(variable, update));
        return flow;
      });
      if (!recorded) return;
      gradients.push({ step, weights: weights.flat() });
      let output: tf.Tensor = x;
      const seen = model.layers.map((layer) => {
        output = layer.apply(output) as tf.Tensor;
        return {
          layer: layer.name,
          ...activationStatistics(output.dataSync(), output.shape.at(-1) ?? 1, bounds(activation)),
        };
      });
      activations.push({ step, examples: points, layers: seen.slice(0, -1) });
    });
  }
  centres.dispose();
  model.dispose();
  return { gradients, losses, activations, ...(validated ? { epochs } : {}) };
}

function bounds(activation: Training['activation']): [number, number] | undefined {
  return activation === 'tanh' ? [-1, 1] : activation === 'sigmoid' ? [0, 1] : undefined;
}

function network(
  activation: Training['activation'],
  units: readonly number[],
  gain: number,
  bias: number,
  seed: number,
): LayersModel {
  return sequential({
    layers: [...units, 3].map((width, index, all) => {
      const last = index === units.length;
      return layers.dense({
        units: width,
        activation: last ? 'linear' : activation,
        ...(index === 0 ? { inputShape: [16] } : {}),
        kernelInitializer: initializers.varianceScaling({
          scale: (last && units.length === 0 ? 1 : gain) ** 2,
          mode: 'fanIn',
          distribution: 'normal',
          seed: 7 * seed + 31 * index + all.length,
        }),
        biasInitializer: initializers.constant({ value: last ? 0 : bias }),
      });
    }),
  });
}
