import type { TrainingEvent } from '@ablate/training/schema';
import { expect, test } from 'vitest';
import { scoresOf, timesOf } from './training-totals.ts';

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
  });
  expect(timesOf([timing(1, 1), timing(2, 3)])).toEqual({
    trainSeconds: 4,
    evaluateSeconds: 2,
    examplesPerSecond: 300,
  });
});
