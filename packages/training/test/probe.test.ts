import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { startBackend } from '@ablate/tensor-backends';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { fit, type Probe, type ProbedLayer, type ProbedWeight, TrainingError } from '../src/index.ts';
import { launchReplicas } from '../src/node/index.ts';
import { type TrainingEvent, trainingSchema } from '../src/schema/index.ts';
import { blobs, examplesOf, regularizedNet, weightsOf, withSeededWeights } from './problems.ts';
import type { Task, Trained } from './replica-programs.ts';

beforeAll(() => startBackend('wasm'));
afterEach(() => tf.disposeVariables());

const { x, labels } = blobs(60);
const recipe = trainingSchema.parse({
  epochs: 2,
  batchSize: 16,
  optimizer: { name: 'sgd', learningRate: 0.25 },
});

/** What two probes saw of 8 steps, and the weights that were reached. */
async function train(probes: readonly Probe[], model = regularizedNet(2, 8, 3), more: object = {}) {
  const events: TrainingEvent[] = [];
  await fit(model, {
    train: examplesOf(x, labels),
    recipe: { ...recipe, ...more },
    seed: 1,
    probes,
    onEvent: (event) => void events.push(event),
  });
  const weights = await weightsOf(model);
  return { weights, readings: events.filter((event) => event.type === 'probe') };
}

const looking = (every: number, seen: { weights: ProbedWeight[][]; layers: ProbedLayer[][] }): Probe => ({
  name: 'looking',
  every,
  onWeights: (weights, step) => {
    seen.weights.push([...weights]);
    return `weights of ${step}`;
  },
  onActivations: (activations, step) => {
    seen.layers.push([...activations]);
    return `activations of ${step}`;
  },
});

test('the first step and every multiple is looked at, and the weights come out the same to the bit', async () => {
  const before = tf.memory().numTensors;
  const seen = { weights: [], layers: [] };
  const probed = await train([looking(3, seen)]);
  const { weights } = await train([]);
  expect(probed.weights).toEqual(weights);
  expect(probed.readings.map(({ step, value }) => [step, value])).toEqual(
    [1, 3, 6].flatMap((step) => [
      [step, `weights of ${step}`],
      [step, `activations of ${step}`],
    ]),
  );
  // The two models' variables.
  expect(tf.memory().numTensors - before).toBe(2 * weights.length);
});

test('with SGD the update is minus rate times the gradient, and leads from one step to the next', async () => {
  const seen: { weights: ProbedWeight[][]; layers: ProbedLayer[][] } = { weights: [], layers: [] };
  await train([looking(1, seen)]);
  expect(seen.weights).toHaveLength(8);
  let [ofRate, ofNext] = [0, 0];
  for (const [step, weights] of seen.weights.entries()) {
    for (const [i, { gradient, value, update }] of weights.entries()) {
      const next = seen.weights[step + 1]?.[i]?.value;
      for (const [k, before] of value.entries()) {
        const [g, u] = [gradient[k] ?? Number.NaN, update[k] ?? Number.NaN];
        ofRate = Math.max(ofRate, Math.abs(u + 0.25 * g) / Math.max(1, Math.abs(before)));
        ofNext = Math.max(ofNext, next === undefined ? 0 : Math.abs(before + u - (next[k] ?? Number.NaN)));
      }
    }
  }
  // value + update is rounded to float32 once more.
  expect(ofRate).toBeLessThan(2e-7);
  expect(ofNext).toBeLessThan(2e-7);
  expect(seen.weights[0]).toHaveLength(5);
});

test('gradients are seen before they are clipped', async () => {
  const [plain, clipped] = [
    { weights: [] as ProbedWeight[][], layers: [] },
    { weights: [] as ProbedWeight[][], layers: [] },
  ];
  await train([looking(100, plain)]);
  await train([looking(100, clipped)], undefined, { clipNorm: 1e-3 });
  expect(clipped.weights[0]?.map(({ gradient }) => gradient)).toEqual(
    plain.weights[0]?.map(({ gradient }) => gradient),
  );
  const squares = clipped.weights[0]?.flatMap(({ update }) => [...update].map((value) => value ** 2)) ?? [];
  expect(Math.sqrt(squares.reduce((a, b) => a + b, 0))).toBeCloseTo(0.25 * 1e-3, 6);
});

test('activations are those of the step: x·W + b of its batch, in training mode', async () => {
  const model = withSeededWeights(
    sequential({ layers: [layers.dense({ inputShape: [2], units: 4, name: 'hidden' }), layers.dense({ units: 3 })] }),
  );
  const [kernel] = await weightsOf(model);
  const reads: number[][] = [];
  const seen: { weights: ProbedWeight[][]; layers: ProbedLayer[][] } = { weights: [], layers: [] };
  await fit(model, {
    train: examplesOf(x, labels, { reads }),
    recipe,
    seed: 1,
    probes: [looking(100, seen)],
    onEvent: () => undefined,
  });
  const [hidden] = seen.layers[0] ?? [];
  expect(hidden).toMatchObject({ layer: 'hidden', shape: [16, 4] });
  const expected = (reads[0] ?? []).flatMap((row) =>
    [0, 1, 2, 3].map(
      (unit) => (x[row]?.[0] ?? 0) * (kernel?.[unit] ?? 0) + (x[row]?.[1] ?? 0) * (kernel?.[4 + unit] ?? 0),
    ),
  );
  for (const [i, value] of (hidden?.values ?? []).entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5);
  model.dispose();
});

test('replicas with probes reach what they reach without; the first one alone speaks', async () => {
  const module = new URL('./replica-programs.ts', import.meta.url);
  const task: Task = { backend: 'wasm', examples: 50, batchSize: 16, epochs: 1 };
  const run = (data: Task) => launchReplicas<unknown, Trained>({ module, data, workers: 2 });
  const probed = await run({ ...task, probeEvery: 2 });
  const plain = await run(task);
  expect(probed.weights).toEqual(plain.weights);
  const readings = probed.events.filter((event) => (event as TrainingEvent).type === 'probe') as { value: unknown }[];
  // Steps 1, 2 and 4, of which weights and activations are seen; replica 0 has 8 of 16 rows.
  expect(readings).toHaveLength(6);
  expect(readings[1]?.value).toContainEqual(['statistics', [8, 16]]);
}, 60_000);

test.each([
  [[{ name: 'a', every: 0 }], 'every of the probe "a" must be a whole number from 1; received 0'],
  [
    [
      { name: 'a', every: 1 },
      { name: 'a', every: 2 },
    ],
    'probes must have names of their own; received two called "a"',
  ],
])('probes that make no sense are refused', async (probes, message) => {
  await expect(train(probes)).rejects.toThrow(TrainingError);
  await expect(train(probes)).rejects.toThrow(message);
});
