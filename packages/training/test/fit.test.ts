import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { randomStream } from '@ablate/random';
import { startBackend } from '@ablate/tensor-backends';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Examples, type FitOptions, fit } from '../src/index.ts';
import { type TrainingEvent, trainingSchema } from '../src/schema/index.ts';
import { blobs, examplesOf, regularizedNet, smallNet, weightsOf, withSeededWeights } from './problems.ts';

const deep = import.meta.env.MODE === 'deep';

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeEach(async () => void (await startBackend(backend)));

  test('the same seed gives the same weights to the bit, another seed others', async () => {
    const run = async (seed: number) => {
      const { x, labels } = blobs(50);
      const model = regularizedNet(2, 6, 3);
      const events: TrainingEvent[] = [];
      const recipe = trainingSchema.parse({ epochs: 3, batchSize: 8 });
      await fit(
        model,
        options({ train: examplesOf(x, labels), recipe, seed, stepEvents: 1, onEvent: (event) => events.push(event) }),
      );
      return { weights: await weightsOf(model), events: events.filter(({ type }) => type !== 'timing') };
    };
    const [first, again, other] = [await run(1), await run(1), await run(2)];
    expect(again).toEqual(first);
    expect(other.weights).not.toEqual(first.weights);
  });

  test('XOR is learnt', async () => {
    const x = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ];
    const recipe = trainingSchema.parse({ epochs: 200, batchSize: 4, optimizer: { name: 'adam', learningRate: 0.05 } });
    const result = await fit(smallNet(2, 8, 2), options({ train: examplesOf(x, [0, 1, 1, 0]), recipe }));
    expect(result.train?.accuracy).toBe(1);
    expect(result.train?.loss).toBeLessThan(0.05);
  });

  test('what clouds three deviations apart teach holds for new ones', async () => {
    const [train, validation] = [blobs(300), blobs(90, 3, 'new')].map(({ x, labels }) => examplesOf(x, labels));
    const recipe = trainingSchema.parse({
      epochs: 5,
      batchSize: 16,
      optimizer: { name: 'momentum', learningRate: 0.05 },
    });
    const result = await fit(smallNet(2, 8, 3), options({ train: train!, validation, recipe }));
    expect(result.validation?.accuracy).toBeGreaterThan(0.98);
  });

  test.each([
    ['dense', deep ? 2000 : 1000],
    ['convolutional', deep ? 2000 : 100],
  ] as const)(
    'a %s net has as many tensors after %i steps as after two, and the run leaves none',
    async (kind, steps) => {
      const { model, train } = kind === 'dense' ? denseProblem() : convolutionalProblem();
      const before = tf.memory().numTensors;
      const counts: number[] = [];
      const onEvent = ({ type }: TrainingEvent) => type === 'step' && counts.push(tf.memory().numTensors);
      const recipe = trainingSchema.parse({ epochs: steps / 5, batchSize: 4, evaluation: { trainExamples: 4 } });
      await fit(model, options({ train, recipe, onEvent, stepEvents: 1 }));
      expect(counts).toHaveLength(steps);
      expect(new Set(counts.slice(1))).toEqual(new Set([counts[1]]));
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  test('training leaves alone a model that shares its initial weights', async () => {
    const { x, labels } = blobs(12);
    const [trained, other] = [smallNet(2, 4, 3), smallNet(2, 4, 3)];
    other.setWeights(trained.getWeights());
    const before = await weightsOf(other);
    await fit(
      trained,
      options({ train: examplesOf(x, labels), recipe: trainingSchema.parse({ epochs: 1, batchSize: 4 }) }),
    );
    expect(await weightsOf(other)).toEqual(before);
    expect(await weightsOf(trained)).not.toEqual(before);
  });
});

describe('the loop', () => {
  beforeEach(async () => void (await startBackend('wasm')));

  test('each epoch sees all examples in its own seeded order, the last batch with what remains', async () => {
    const reads: number[][] = [];
    const { x, labels } = blobs(10);
    const recipe = trainingSchema.parse({ epochs: 2, batchSize: 4 });
    await fit(smallNet(2, 3, 3), options({ train: examplesOf(x, labels, { reads }), recipe, seed: 9 }));
    const order = (epoch: number) => [...randomStream(9, `data/order/${epoch}`).permutation(10)];
    const batches = (all: number[]) => [all.slice(0, 4), all.slice(4, 8), all.slice(8)];
    const evaluated = Array.from({ length: 10 }, (_, i) => i);
    expect(reads).toEqual([...batches(order(1)), evaluated, ...batches(order(2)), evaluated]);
  });

  test('says what happened in order, timing apart from the rest', async () => {
    const { x, labels } = blobs(10);
    const events: TrainingEvent[] = [];
    const recipe = trainingSchema.parse({ epochs: 2, batchSize: 4, optimizer: { name: 'sgd' } });
    const train = examplesOf(x, labels);
    const onEvent = (event: TrainingEvent) => events.push(event);
    const result = await fit(smallNet(2, 3, 3), options({ train, validation: train, recipe, stepEvents: 2, onEvent }));
    expect(events.map((event) => ('step' in event ? `${event.type} ${event.step}` : event.type))).toEqual([
      'start',
      'step 2',
      'epoch 3',
      'timing',
      'step 4',
      'step 6',
      'epoch 6',
      'timing',
      'end',
    ]);
    expect(events[0]).toEqual({ type: 'start', epochs: 2, stepsPerEpoch: 3, examples: 10, batchSize: 4 });
    expect(events.at(-1)).toEqual({ type: 'end', epochs: 2, steps: 6 });
    const last = events[6] as TrainingEvent & { type: 'epoch' };
    expect(result).toEqual({ epochs: 2, steps: 6, train: last.train, validation: last.validation });
    expect(last.validation).toEqual(last.train);
    expect(last.running).not.toEqual(last.train);
  });

  test('the running score is the mean over the examples of an epoch, before each update', async () => {
    const { x, labels } = blobs(10);
    const events: TrainingEvent[] = [];
    const recipe = trainingSchema.parse({ epochs: 1, batchSize: 4 });
    await fit(
      smallNet(2, 3, 3),
      options({ train: examplesOf(x, labels), recipe, stepEvents: 1, onEvent: (e) => events.push(e) }),
    );
    const steps = events.filter((event) => event.type === 'step');
    const weighted = (key: 'loss' | 'accuracy') => (4 * steps[0]![key] + 4 * steps[1]![key] + 2 * steps[2]![key]) / 10;
    const epoch = events.find((event) => event.type === 'epoch');
    expect(epoch?.running.loss).toBeCloseTo(weighted('loss'), 12);
    expect(epoch?.running.accuracy).toBeCloseTo(weighted('accuracy'), 12);
  });

  test('train accuracy is measured on a fixed part of the training set', async () => {
    const reads: number[][] = [];
    const { x, labels } = blobs(10);
    const recipe = trainingSchema.parse({ epochs: 2, batchSize: 10, evaluation: { trainExamples: 4 } });
    await fit(smallNet(2, 3, 3), options({ train: examplesOf(x, labels, { reads }), recipe, seed: 9 }));
    const part = [...randomStream(9, 'evaluate/train').permutation(10).subarray(0, 4)].sort((a, b) => a - b);
    expect([reads[1], reads[3]]).toEqual([part, part]);
  });

  test('the schedule sets the rate of each step: SGD moves the bias by just that', async () => {
    const events: TrainingEvent[] = [];
    const recipe = trainingSchema.parse({
      epochs: 2,
      batchSize: 2,
      optimizer: { name: 'sgd', learningRate: 0.4 },
      schedule: { name: 'multi-step', milestones: [0.5], factor: 0.25 },
    });
    // The inputs are zero, so that the logits are the biases.
    const model = sequential({
      layers: [layers.dense({ inputShape: [1], units: 2, kernelInitializer: 'zeros' })],
    });
    const train = examplesOf([[0], [0]], [0, 0], { classes: 2 });
    await fit(model, options({ train, recipe, stepEvents: 1, onEvent: (event) => events.push(event) }));
    const rates = events.filter((event) => event.type === 'step').map(({ learningRate }) => learningRate);
    expect(rates).toEqual([0.4, 0.1]);
    // b = [b, −b]; the gradient of b is −(1 − softmax(b)[0]): first −1/2, then −1 / (1 + e^(2b)).
    const first = 0.4 / 2;
    const second = first + 0.1 / (1 + Math.exp(2 * first));
    const bias = (await weightsOf(model)).at(-1) as number[];
    expect(bias[0]).toBeCloseTo(second, 6);
    expect(bias[1]).toBeCloseTo(-second, 6);
  });

  test('a signal that comes while training ends the run after the step', async () => {
    const { x, labels } = blobs(10);
    const abort = new AbortController();
    const events: TrainingEvent[] = [];
    const onEvent = (event: TrainingEvent) => {
      events.push(event);
      if (event.type === 'step' && event.step === 4) abort.abort();
    };
    const recipe = trainingSchema.parse({ epochs: 5, batchSize: 4 });
    const result = await fit(
      smallNet(2, 3, 3),
      options({ train: examplesOf(x, labels), recipe, onEvent, stepEvents: 1, signal: abort.signal }),
    );
    expect(result).toMatchObject({ epochs: 1, steps: 4, stopped: 'requested' });
    expect(events.at(-1)).toEqual({ type: 'end', epochs: 1, steps: 4, stopped: 'requested' });
  });

  test('timers get their turn: one of them can end a run that would never end', async () => {
    const { x, labels } = blobs(64);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 20);
    const recipe = trainingSchema.parse({ epochs: 10_000, batchSize: 1 });
    const result = await fit(
      smallNet(2, 3, 3),
      options({ train: examplesOf(x, labels), recipe, signal: abort.signal }),
    );
    expect(result.stopped).toBe('requested');
  });

  test('a signal that comes after the last step changes nothing', async () => {
    const { x, labels } = blobs(10);
    const abort = new AbortController();
    const onEvent = ({ type }: TrainingEvent) => type === 'epoch' && abort.abort();
    const recipe = trainingSchema.parse({ epochs: 1, batchSize: 10 });
    const result = await fit(
      smallNet(2, 3, 3),
      options({ train: examplesOf(x, labels), recipe, onEvent, signal: abort.signal }),
    );
    expect(result).not.toHaveProperty('stopped');
  });
});

function options(given: Omit<FitOptions, 'seed' | 'onEvent'> & Partial<FitOptions>): FitOptions {
  return { seed: 1, onEvent() {}, ...given };
}

interface Problem {
  model: LayersModel;
  train: Examples;
}

function denseProblem(): Problem {
  const { x, labels } = blobs(20);
  return { model: regularizedNet(2, 4, 3), train: examplesOf(x, labels) };
}

function convolutionalProblem(): Problem {
  const images = Array.from({ length: 20 }, (_, i) => [...randomStream(i, 'image').fillNormal(new Float32Array(64))]);
  const labels = images.map((_, i) => i % 2);
  const model = sequential({
    layers: [
      layers.conv2d({ inputShape: [8, 8, 1], filters: 3, kernelSize: 3, activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 2 }),
    ],
  });
  return { model: withSeededWeights(model), train: examplesOf(images, labels, { shape: [8, 8, 1] }) };
}
