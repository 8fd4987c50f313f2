import { layers, sequential } from '@tensorflow/tfjs-layers';
import { startBackend } from '@ablate/tensor-backends';
import { beforeEach, expect, test } from 'vitest';
import { type FitOptions, type FitResult, fit, type Snapshot } from '../src/index.ts';
import { launchReplicas } from '../src/node/index.ts';
import { learningRateAt, type TrainingEvent, trainingSchema } from '../src/schema/index.ts';
import { blobs, examplesOf, SeededDropout, weightsOf, withSeededWeights } from './problems.ts';
import type { Task, Trained } from './replica-programs.ts';

/* 20 examples in batches of 4: 5 steps an epoch. */

const base = { epochs: 4, batchSize: 4 };

beforeEach(async () => void (await startBackend('wasm')));

test('maxSteps ends a run inside an epoch, with the weights of that step and what they score', async () => {
  const { result, events, weights } = await trained({ ...base, maxSteps: 7 });
  expect(result).toMatchObject({ epochs: 1, steps: 7, stopped: 'maxSteps' });
  expect(events.at(0)).toMatchObject({ type: 'start', maxSteps: 7 });
  expect(events.at(-1)).toEqual({ type: 'end', epochs: 1, steps: 7, stopped: 'maxSteps' });
  const longer = await trained({ ...base, epochs: 2 }, { upTo: 7 });
  expect(weights).toEqual(longer.weights);
  const last = events.filter((event) => event.type === 'epoch').at(-1);
  expect(last).toMatchObject({ epoch: 2, step: 7, train: result.train });
  const losses = events.flatMap((event) => (event.type === 'step' && event.epoch === 2 ? event.loss : []));
  expect(last?.running.loss).toBeCloseTo((losses[0]! + losses[1]!) / 2, 12);
});

test('maxSteps at the end of an epoch adds no other; as many steps as there are end nothing', async () => {
  const { result, events } = await trained({ ...base, maxSteps: 10 });
  expect(result).toMatchObject({ epochs: 2, steps: 10, stopped: 'maxSteps' });
  expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(2);
  const whole = await trained({ ...base, maxSteps: 20 });
  expect(whole.result).not.toHaveProperty('stopped');
  expect(whole.events.at(0)).not.toHaveProperty('maxSteps');
});

test('a schedule counts on maxSteps', async () => {
  const schedule = { name: 'cosine', warmupSteps: 2 };
  const { events } = await trained({ ...base, schedule, maxSteps: 7 });
  const rates = events.flatMap((event) => (event.type === 'step' ? event.learningRate : []));
  const parsed = trainingSchema.parse({ schedule }).schedule;
  expect(rates).toEqual(Array.from({ length: 7 }, (_, step) => learningRateAt(parsed, 0.001, step, 7)));
});

test('warm-up must be shorter than maxSteps', async () => {
  await expect(trained({ ...base, schedule: { name: 'cosine', warmupSteps: 7 }, maxSteps: 7 })).rejects.toThrow(
    'warmupSteps (=7) must be less than the steps of the run (=7)',
  );
});

test('averaged weights and the best epoch are kept when the budget is spent', async () => {
  const more = { ema: { decay: 0.5 }, earlyStopping: { monitor: 'trainLoss', patience: 9 } };
  const { result, events } = await trained({ ...base, ...more, maxSteps: 7 });
  expect(result).toMatchObject({ stopped: 'maxSteps', earlyStopping: { restored: true } });
  const epochs = events.flatMap((event) => (event.type === 'epoch' ? event : []));
  const best = epochs.find(({ epoch }) => epoch === result.earlyStopping?.epoch);
  expect(result.train).toEqual(best?.train);
});

test.each([3, 5, 7])('a run that goes on from step %i ends at the same step with the same weights', async (at) => {
  const snapshots: Snapshot[] = [];
  const checkpoints = { everySteps: 1, save: (taken: Snapshot) => void snapshots.push(taken) };
  const whole = await trained({ ...base, maxSteps: 7 }, { checkpoints });
  const resume = snapshots.find(({ optimizer }) => optimizer.steps === at) as Snapshot;
  const again = await trained({ ...base, maxSteps: 7 }, { resume });
  expect({ ...again, events: again.events.at(-1) }).toEqual({ ...whole, events: whole.events.at(-1) });
});

test('maxTime ends a run after the step in which it is over, with one step at the least', async () => {
  const { result } = await trained({ ...base, epochs: 10_000, maxTime: 1e-9 });
  expect(result).toMatchObject({ epochs: 0, steps: 1, stopped: 'maxTime' });
  expect(result.train?.loss).toBeGreaterThan(0);
});

test('time that was spent before a run went on counts', async () => {
  const snapshots: Snapshot[] = [];
  const checkpoints = { everySteps: 1, save: (taken: Snapshot) => void snapshots.push(taken) };
  await trained({ ...base, maxTime: '1h' }, { checkpoints });
  const early = snapshots.find(({ optimizer }) => optimizer.steps === 6) as Snapshot;
  expect(early.seconds).toBeGreaterThan(0);
  const resume = { ...early, seconds: 3600 };
  const { result } = await trained({ ...base, maxTime: '1h' }, { resume });
  expect(result).toMatchObject({ epochs: 1, steps: 6, stopped: 'maxTime' });
});

test.each([{ maxSteps: 7 }, { maxTime: 1e-9 }])(
  'replicas with %j end after the same step',
  async (recipe) => {
    const data: Task = { backend: 'wasm', examples: 20, batchSize: 4, epochs: 4, recipe };
    const module = new URL('./replica-programs.ts', import.meta.url);
    const { events } = await launchReplicas<unknown, Trained>({ module, data, workers: 2 });
    const [stopped] = Object.keys(recipe);
    expect(events.at(-1)).toMatchObject({ type: 'end', steps: stopped === 'maxSteps' ? 7 : 1, stopped });
  },
  60_000,
);

/** @param more.upTo Steps after which the signal ends it. */
async function trained(
  recipe: object,
  { upTo, ...more }: Partial<FitOptions> & { upTo?: number } = {},
): Promise<{ result: FitResult; events: TrainingEvent[]; weights: number[][] }> {
  const { x, labels } = blobs(20);
  const model = withSeededWeights(
    sequential({
      layers: [
        layers.dense({ name: 'hidden', inputShape: [2], units: 6, activation: 'tanh' }),
        new SeededDropout({ name: 'drop', rate: 0.25 }),
        layers.dense({ name: 'logits', units: 3 }),
      ],
    }),
  );
  const events: TrainingEvent[] = [];
  const abort = new AbortController();
  const result = await fit(model, {
    train: examplesOf(x, labels),
    recipe: trainingSchema.parse(recipe),
    seed: 1,
    stepEvents: 1,
    signal: abort.signal,
    onEvent(event) {
      if (event.type !== 'timing') events.push(event);
      if (event.type === 'step' && event.step === upTo) abort.abort();
    },
    ...more,
  });
  return { result, events, weights: await weightsOf(model) };
}
