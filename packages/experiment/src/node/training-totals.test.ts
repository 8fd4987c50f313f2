import type { TrainingEvent } from '@ablate/training/schema';
import { expect, test } from 'vitest';
import { lossSpikesOf, scoresOf, spentBudgetOf, timesOf } from './training-totals.ts';

const epoch = (n: number, accuracy: number): TrainingEvent => ({
  type: 'epoch',
  epoch: n,
  step: n * 10,
  learningRate: 0.1,
  running: { loss: 2, accuracy: 0.25 },
  train: { loss: 1, accuracy },
  validation: { loss: 1, accuracy: 0.5 },
});

test('scores are those of the last whole epoch, the running one under its own name', () => {
  expect(scoresOf([epoch(1, 0.6), epoch(2, 0.75)])).toEqual({
    trainLoss: 1,
    trainAccuracy: 0.75,
    validationAccuracy: 0.5,
    runningAccuracy: 0.25,
  });
  expect(scoresOf([])).toBeNull();
});

test.each([
  [true, 0.75],
  [false, 0.5],
])('after early stopping (weights put back: %j) they are those of the weights that are saved', (restored, accuracy) => {
  const earlyStopping = { epoch: 2, best: 0.75, restored };
  const end: TrainingEvent = { type: 'end', epochs: 3, steps: 30, earlyStopping };
  expect(scoresOf([epoch(1, 0.6), epoch(2, 0.75), epoch(3, 0.5), end])?.trainAccuracy).toBe(accuracy);
});

test('throughput is all examples over all training seconds, not a mean of rates', () => {
  const timing = (epoch: number, trainSeconds: number): TrainingEvent => ({
    type: 'timing',
    epoch,
    trainSeconds,
    evaluateSeconds: 1,
    examplesPerSecond: 600 / trainSeconds,
    endedAt: 1000 * epoch,
  });
  expect(timesOf([timing(1, 1), timing(2, 3)])).toEqual({
    trainSeconds: 4,
    evaluateSeconds: 2,
    examplesPerSecond: 300,
  });
});

test('a budget that ended the run is noted; a request to stop is none', () => {
  const end: TrainingEvent = { type: 'end', epochs: 1, steps: 12, stopped: 'maxTime' };
  expect(spentBudgetOf([epoch(1, 0.6), end])).toEqual({ stopped: 'maxTime' });
  expect(spentBudgetOf([{ ...end, stopped: 'requested' }])).toEqual({});
});

test('a loss that leaps is found at its step, not at its place among the events', () => {
  const steps = Array.from({ length: 80 }, (_, i): TrainingEvent => {
    const loss = i === 60 ? 30 : 1 + (i % 3) / 100;
    return { type: 'step', epoch: 1, step: 5 * (i + 1), loss, accuracy: 0.5, learningRate: 0.1 };
  });
  expect(lossSpikesOf([...steps, epoch(1, 0.6)])).toEqual({
    lossSpikes: [{ step: 305, loss: 30, expected: expect.closeTo(1.01, 6) }],
  });
  expect(lossSpikesOf(steps.slice(0, 60))).toEqual({});
});
