import { startBackend } from '@ablate/tensor-backends';
import { beforeAll, expect, test } from 'vitest';
import { doctor } from '../src/schema/index.ts';
import { DEEP, figure, percent } from './figures.ts';
import { type Training, train } from './point-trainings.ts';

/*
 * The doctor on networks and seeds that its thresholds were not set on: eight that are well, and one for each of its eight
 * ills. Nothing may be tuned to what comes out here.
 */
const SEEDS = DEEP ? [11, 12, 13, 14] : [11];

const same = (count: number, width: number) => Array<number>(count).fill(width);
const trainings: Record<string, Training> = {
  'relu, two layers of 48': { activation: 'relu', units: same(2, 48), rate: 0.03, gain: 1.4 },
  'relu, six layers of 24': { activation: 'relu', units: same(6, 24), rate: 0.03, gain: 1.4 },
  'relu, narrow': { activation: 'relu', units: [12, 8], rate: 0.05, gain: 1.4 },
  'relu, points far apart from their centres': { activation: 'relu', units: [40], rate: 0.05, gain: 1.4, noise: 2 },
  'tanh, three layers of 24': { activation: 'tanh', units: same(3, 24), rate: 0.08 },
  'tanh, small weights': { activation: 'tanh', units: [64], rate: 0.1, gain: 0.5 },
  'sigmoid, two layers': { activation: 'sigmoid', units: [48, 24], rate: 0.5 },
  'linear, two layers': { activation: 'linear', units: [24], rate: 0.05 },
  'sigmoid, ten layers of 24': {
    activation: 'sigmoid',
    units: same(10, 24),
    rate: 0.2,
    ill: 'vanishing-gradient',
  },
  'linear, ten layers, weights too large': {
    activation: 'linear',
    units: same(10, 24),
    rate: 0.1,
    gain: 5,
    ill: 'exploding-gradient',
  },
  'relu, three layers, biases far below 0': {
    activation: 'relu',
    units: same(3, 24),
    rate: 0.03,
    gain: 1.4,
    bias: -12,
    ill: 'dead-relu',
  },
  'sigmoid, weights too large': { activation: 'sigmoid', units: [40], rate: 0.01, gain: 40, ill: 'saturation' },
  'tanh, two layers, steps too large': {
    activation: 'tanh',
    units: [24, 24],
    rate: 10,
    noise: 6,
    ill: 'learning-rate-too-high',
  },
  'relu, steps too small': {
    activation: 'relu',
    units: [48],
    rate: 1e-7,
    gain: 1.4,
    ill: 'learning-rate-too-low',
  },
  'relu, eight layers, weights too small': {
    activation: 'relu',
    units: same(8, 24),
    rate: 0.05,
    gain: 0.15,
    ill: 'not-learning',
  },
  'relu, twelve points, learnt by heart': {
    activation: 'relu',
    units: [128],
    rate: 0.1,
    gain: 1.4,
    noise: 4,
    points: 12,
    steps: 200,
    ill: 'overfitting',
  },
};

beforeAll(async () => {
  await startBackend('cpu');
});
test('most ills are called by their name, and few that are well are called ill', () => {
  const outcomes = Object.entries(trainings).flatMap(([name, training]) => {
    const said = SEEDS.map((seed) => [
      ...new Set(doctor(train(training, seed, true)).map(({ pathology }) => pathology)),
    ]);
    figure(`doctor, held out: ${name}: ${said.map((found) => found.join(', ') || 'nothing').join('; ')}`);
    return said.map((found) => ({ ill: training.ill, found }));
  });
  const ills = outcomes.filter(({ ill }) => ill !== undefined);
  expect([outcomes.length, ills.length]).toEqual([16 * SEEDS.length, 8 * SEEDS.length]);
  const recognised = ills.filter(({ ill, found }) => ill !== undefined && found.includes(ill)).length;
  const alarmed = outcomes.filter(({ ill, found }) => ill === undefined && found.length > 0).length;
  const [precision, recall] = [recognised / (recognised + alarmed), recognised / ills.length];
  figure(
    `doctor, held out: ${recognised} of ${ills.length} ills recognised, ${alarmed} of ${outcomes.length - ills.length} that are well called ill: precision ${percent(precision)}, recall ${percent(recall)}`,
  );
  expect(recall).toBeGreaterThanOrEqual(0.75);
  expect(precision).toBeGreaterThanOrEqual(0.75);
});
