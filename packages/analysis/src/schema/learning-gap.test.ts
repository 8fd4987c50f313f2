import { expect, test } from 'vitest';
import { type EpochScores, learningGap } from './learning-gap.ts';

const epoch = (epoch: number, train: number, validation: number): EpochScores => ({
  epoch,
  train: { loss: train, accuracy: 1 - train / 4 },
  validation: { loss: validation, accuracy: 1 - validation / 4 },
});

test('the gap after each epoch, and overfitting since the best one', () => {
  const { epochs, overfitting } = learningGap([epoch(1, 1, 1.25), epoch(2, 0.5, 1), epoch(3, 0.25, 1.5)]);
  expect(epochs).toEqual([
    { epoch: 1, loss: 0.25, accuracy: 0.0625 },
    { epoch: 2, loss: 0.5, accuracy: 0.125 },
    { epoch: 3, loss: 1.25, accuracy: 0.3125 },
  ]);
  expect(overfitting).toMatchObject({ pathology: 'overfitting', since: { epoch: 2 }, measured: 1.5, threshold: 1.1 });
});

test('no overfitting where the validation loss falls, or where nothing was held out', () => {
  expect(learningGap([epoch(1, 1, 1.25), epoch(2, 0.5, 1)]).overfitting).toBeNull();
  expect(learningGap([{ epoch: 1, train: { loss: 1, accuracy: 0.5 } }])).toEqual({ epochs: [], overfitting: null });
});
