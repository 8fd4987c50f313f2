import * as tf from '@tensorflow/tfjs-core';
import { startBackend } from '@ablate/tensor-backends';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Examples, evaluate, type FitOptions, fit } from '../src/index.ts';
import { type TrainingEvent, trainingSchema } from '../src/schema/index.ts';
import { blobs, examplesOf, regularizedNet, weightsOf } from './problems.ts';

const { x, labels } = blobs(24);
const train = examplesOf(x, labels);
/** A third of its labels are wrong: its loss falls at first, and rises when the net gets sure of itself. */
const doubtful = examplesOf(
  x,
  labels.map((label, i) => (i < 8 ? (label + 1) % 3 : label)),
);
const optimizer = { name: 'momentum', learningRate: 0.05 };

beforeEach(async () => void (await startBackend('wasm')));

describe('early stopping', () => {
  test.each([1, 3])(
    'with patience %i ends after as many epochs that were no better, with the best weights',
    async (patience) => {
      const run = await trained({ epochs: 40, earlyStopping: { patience } }, doubtful);
      const losses = run.epochs.map(({ validation }) => validation!.loss);
      const { best, last } = stopOf(losses, patience);
      expect(best).toBeGreaterThan(1);
      expect(losses).toHaveLength(last);
      expect(last).toBeLessThan(40);
      const outcome = { epoch: best, best: losses[best - 1], restored: true };
      expect(run.events.at(-1)).toEqual({ type: 'end', epochs: last, steps: 3 * last, earlyStopping: outcome });
      const { train: onTrain, validation } = run.epochs[best - 1]!;
      expect(run.result).toEqual({
        epochs: last,
        steps: 3 * last,
        train: onTrain,
        validation,
        earlyStopping: outcome,
      });
      expect(run.weights).toEqual((await trained({ epochs: best }, doubtful)).weights);
    },
  );

  test('without restoreBest the weights and scores are those of the last epoch', async () => {
    const run = await trained({ epochs: 40, earlyStopping: { patience: 2, restoreBest: false } }, doubtful);
    const { epochs } = run.result;
    expect(run.result.earlyStopping).toMatchObject({ epoch: epochs - 2, restored: false });
    expect(run.result.validation).toEqual(run.epochs.at(-1)?.validation);
    expect(run.weights).toEqual((await trained({ epochs }, doubtful)).weights);
  });

  test('a run that never stopped early gets its best weights all the same', async () => {
    const run = await trained({ epochs: 12, earlyStopping: { patience: 12 } }, doubtful);
    const losses = run.epochs.map(({ validation }) => validation!.loss);
    const best = losses.indexOf(Math.min(...losses)) + 1;
    expect(best).toBeLessThan(12);
    expect(run.result).toMatchObject({ epochs: 12, earlyStopping: { epoch: best, restored: true } });
    expect(run.weights).toEqual((await trained({ epochs: best }, doubtful)).weights);
  });

  test('a run that is asked to stop keeps the weights of its last step', async () => {
    const abort = new AbortController();
    const onEvent = (event: TrainingEvent) => event.type === 'epoch' && event.epoch === 9 && abort.abort();
    const recipe = { epochs: 40, earlyStopping: { patience: 30 } };
    const run = await trained(recipe, doubtful, { signal: abort.signal, onEvent });
    expect(run.result).toMatchObject({ epochs: 9, stopped: 'requested' });
    expect(run.result).not.toHaveProperty('earlyStopping');
    expect(run.weights).toEqual((await trained({ epochs: 9 }, doubtful)).weights);
  });

  test('of averaged weights, those that were measured are put back', async () => {
    const ema = { decay: 0.9 };
    const run = await trained({ epochs: 40, ema, earlyStopping: { patience: 3 } }, doubtful);
    const best = run.result.earlyStopping!.epoch;
    expect(best).toBeLessThan(run.result.epochs);
    expect(run.weights).toEqual((await trained({ epochs: best, ema }, doubtful)).weights);
    const { loss } = await evaluate(run.model, doubtful);
    expect(loss).toBe(run.result.validation?.loss);
    const abort = new AbortController();
    const onEvent = (event: TrainingEvent) => event.type === 'epoch' && event.epoch === 2 && abort.abort();
    const stopped = await trained({ epochs: 9, ema }, doubtful, { signal: abort.signal, onEvent });
    expect(stopped.weights).toEqual((await trained({ epochs: 2 }, doubtful)).weights);
  });

  test('leaves no tensors', async () => {
    const model = regularizedNet(2, 5, 3);
    const before = tf.memory().numTensors;
    const recipe = trainingSchema.parse({ epochs: 5, batchSize: 8, earlyStopping: { monitor: 'trainLoss' }, ema: {} });
    await fit(model, { train, recipe, seed: 1, onEvent() {} });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a plateau', () => {
  test('lowers the rate as the written-out rule does, after the warm-up', async () => {
    const schedule = { name: 'plateau', monitor: 'validationLoss', patience: 1, factor: 0.5, warmupSteps: 4 };
    const run = await trained({ epochs: 20, schedule }, doubtful);
    let [rate, best, bad] = [0.05, Number.POSITIVE_INFINITY, 0];
    const expected: number[] = [];
    for (const [epoch, { validation }] of run.epochs.entries()) {
      for (let step = 3 * epoch; step < 3 * epoch + 3; step++) expected.push(step < 4 ? (0.05 * (step + 1)) / 4 : rate);
      const { loss } = validation!;
      if (loss < best * (1 - 1e-4)) [best, bad] = [loss, 0];
      else if (++bad > 1) [rate, bad] = [rate / 2, 0];
    }
    const rates = run.events.flatMap((event) => (event.type === 'step' ? event.learningRate : []));
    expect(rates).toEqual(expected);
    expect(new Set(rates.slice(4)).size).toBeGreaterThan(2);
  });
});

test.each(['earlyStopping', 'schedule'])(
  '%s that watches what is not measured is refused before anything happens',
  async (key) => {
    const recipe = trainingSchema.parse({
      epochs: 1,
      batchSize: 8,
      [key]: { monitor: 'validationAccuracy', ...(key === 'schedule' && { name: 'plateau' }) },
    });
    const events: TrainingEvent[] = [];
    const running = fit(regularizedNet(2, 5, 3), { train, recipe, seed: 1, onEvent: (event) => events.push(event) });
    await expect(running).rejects.toThrow(
      `fit: ${key} watches validationAccuracy, which needs a validation set; received none. Split one off, or set its monitor to trainAccuracy.`,
    );
    expect(events).toEqual([]);
  },
);

async function trained(recipe: object, validation: Examples, more: Partial<FitOptions> = {}) {
  const model = regularizedNet(2, 5, 3);
  const events: TrainingEvent[] = [];
  const result = await fit(model, {
    train,
    validation,
    recipe: trainingSchema.parse({ batchSize: 8, optimizer, ...recipe }),
    seed: 1,
    stepEvents: 1,
    ...more,
    onEvent(event) {
      events.push(event);
      more.onEvent?.(event);
    },
  });
  const epochs = events.filter((event) => event.type === 'epoch');
  return { model, result, events, epochs, weights: await weightsOf(model) };
}

/** Keras's rule, written out: the best epoch, and the one that is the last. */
function stopOf(losses: readonly number[], patience: number): { best: number; last: number } {
  let best = 1;
  for (let epoch = 2; epoch <= losses.length; epoch++) {
    if (losses[epoch - 1]! < losses[best - 1]!) best = epoch;
    else if (epoch - best === patience) return { best, last: epoch };
  }
  throw new Error('never stopped');
}
