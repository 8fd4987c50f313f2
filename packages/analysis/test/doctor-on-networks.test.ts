import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEEP, figure, percent } from './figures.ts';
import { activationStatistics, doctor, type Pathology, type TrainingRecords, weightFlow } from '../src/schema/index.ts';

/*
 * The doctor on trainings: eight that are well and eight that are ill, three classes of points in sixteen dimensions.
 * Thresholds were set on seed 2; the seeds here are others. Weights that are too small in every layer make the gradients of all
 * kernels small alike: no ratio shows that, the loss does.
 * `npm run test:deep` prints precision and recall on seeds 3 to 6.
 */
const SEEDS = DEEP ? [3, 4, 5, 6] : [3];
const STEPS = 40;

interface Training {
  activation: 'relu' | 'tanh' | 'sigmoid' | 'linear';
  units: readonly number[];
  rate: number;
  /** Standard deviation of the weights, times √(1 / inputs). */
  gain?: number;
  bias?: number;
  /** Standard deviation of the points around their centres. */
  noise?: number;
  ill?: Pathology;
}

const trainings: Record<string, Training> = {
  'relu, one layer': { activation: 'relu', units: [32], rate: 0.1, gain: 1.4 },
  'relu, four layers': { activation: 'relu', units: [32, 32, 32, 32], rate: 0.05, gain: 1.4 },
  'relu, eight layers': { activation: 'relu', units: Array<number>(8).fill(32), rate: 0.02, gain: 1.4 },
  'relu, wide': { activation: 'relu', units: [128, 64], rate: 0.05, gain: 1.4 },
  'tanh, two layers': { activation: 'tanh', units: [32, 32], rate: 0.1 },
  'tanh, five layers': { activation: 'tanh', units: Array<number>(5).fill(32), rate: 0.05 },
  'sigmoid, one layer': { activation: 'sigmoid', units: [32], rate: 0.3 },
  'logistic regression': { activation: 'linear', units: [], rate: 0.1 },
  'sigmoid, eight layers': {
    activation: 'sigmoid',
    units: Array<number>(8).fill(32),
    rate: 0.1,
    ill: 'vanishing-gradient',
  },
  'relu, weights too small': {
    activation: 'relu',
    units: Array<number>(6).fill(32),
    rate: 0.1,
    gain: 0.2,
    ill: 'not-learning',
  },
  'linear, weights too large': {
    activation: 'linear',
    units: Array<number>(8).fill(32),
    rate: 1,
    gain: 8,
    ill: 'exploding-gradient',
  },
  'relu, biases far below 0': {
    activation: 'relu',
    units: [32, 32],
    rate: 0.05,
    gain: 1.4,
    bias: -8,
    ill: 'dead-relu',
  },
  'tanh, weights too large': { activation: 'tanh', units: [32, 32], rate: 0.001, gain: 30, ill: 'saturation' },
  'steps too large': { activation: 'tanh', units: [32], rate: 5, noise: 8, ill: 'learning-rate-too-high' },
  'steps too small': { activation: 'tanh', units: [32, 32], rate: 1e-6, ill: 'learning-rate-too-low' },
  'no steps to speak of': { activation: 'relu', units: [32], rate: 1e-5, gain: 1.4, ill: 'not-learning' },
};

beforeAll(async () => {
  await startBackend('cpu');
});

const counts = { ill: 0, recognised: 0, well: 0, alarmed: 0 };
afterAll(() => {
  const { ill, recognised, well, alarmed } = counts;
  const [precision, recall] = [recognised / (recognised + alarmed), recognised / ill];
  figure(
    `doctor: ${recognised} of ${ill} ills recognised, ${alarmed} of ${well} that are well called ill: precision ${percent(precision)}, recall ${percent(recall)}`,
  );
});

test.each(Object.entries(trainings))('%s', (name, training) => {
  const found = SEEDS.map((seed) => [...new Set(doctor(train(training, seed)).map(({ pathology }) => pathology))]);
  const { ill } = training;
  const missed = SEEDS.filter((_seed, index) => ill !== undefined && found[index]?.includes(ill) !== true);
  const falseAlarms = ill === undefined ? found.flat() : [];
  counts.recognised += ill === undefined ? 0 : SEEDS.length - missed.length;
  counts.ill += ill === undefined ? 0 : SEEDS.length;
  counts.well += ill === undefined ? SEEDS.length : 0;
  counts.alarmed += ill === undefined ? found.filter((said) => said.length > 0).length : 0;
  if (falseAlarms.length > 0) figure(`doctor: ${name} is well, and was called ${falseAlarms.join(', ')}`);
  expect(missed).toEqual([]);
  expect(falseAlarms.length).toBeLessThanOrEqual(SEEDS.length / 4);
});

function train(
  { activation, units, rate, gain = 1, bias = 0, noise: spread = 1 }: Training,
  seed: number,
): TrainingRecords {
  const model = network(activation, units, gain, bias, seed);
  const centres = tf.mul(2, tf.randomNormal([3, 16], 0, 1, 'float32', 1000 + seed));
  const gradients: NonNullable<TrainingRecords['gradients']>[number][] = [];
  const losses: { step: number; loss: number | null }[] = [];
  const activations: NonNullable<TrainingRecords['activations']>[number][] = [];
  for (let step = 0; step < STEPS; step++) {
    tf.tidy(() => {
      const labels = tf
        .range(0, 48)
        .arraySync()
        .map((row) => row % 3);
      const noise = tf.randomNormal([48, 16], 0, spread, 'float32', 100 * seed + step);
      const x = tf.add(tf.gather(centres, tf.tensor1d(labels, 'int32')), noise);
      const loss = () => {
        const logits = model.apply(x, { training: true }) as tf.Tensor2D;
        return tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d(labels, 'int32'), 3), logits) as tf.Scalar;
      };
      const { value, grads } = tf.variableGrads(loss);
      const [lost = Number.NaN] = value.dataSync();
      losses.push({ step, loss: Number.isFinite(lost) ? lost : null });
      const recorded = step % 10 === 0;
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
      activations.push({ step, examples: 48, layers: seen.slice(0, -1) });
    });
  }
  centres.dispose();
  model.dispose();
  return { gradients, losses, activations };
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
