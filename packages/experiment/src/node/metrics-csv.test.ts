import type { TrainingEvent } from '@ablate/training/schema';
import { expect, test } from 'vitest';
import { metricsCsv } from './metrics-csv.ts';

const epoch = (number: number, more: object = {}): TrainingEvent => ({
  type: 'epoch',
  epoch: number,
  step: 10 * number,
  learningRate: 0.1 / number,
  running: { loss: 2.5, accuracy: 0.25 },
  train: { loss: 1e-7, accuracy: 0.5 },
  ...more,
});
const step: TrainingEvent = { type: 'step', epoch: 1, step: 1, loss: 9, accuracy: 0, learningRate: 1 };

test('a line for each epoch under names that need no quotes', () => {
  expect(metricsCsv([step, epoch(1), epoch(2)])).toBe(
    'epoch,step,learning_rate,running_loss,running_accuracy,train_loss,train_accuracy\n' +
      '1,10,0.1,2.5,0.25,1e-7,0.5\n2,20,0.05,2.5,0.25,1e-7,0.5\n',
  );
});

test('with a validation split two columns more', () => {
  expect(metricsCsv([epoch(1, { validation: { loss: 3, accuracy: 0.125 } })])).toBe(
    'epoch,step,learning_rate,running_loss,running_accuracy,train_loss,train_accuracy,validation_loss,validation_accuracy\n' +
      '1,10,0.1,2.5,0.25,1e-7,0.5,3,0.125\n',
  );
});

test('a run that ended within its first epoch has the header alone', () => {
  expect(metricsCsv([step])).toMatch(/^epoch,[a-z_,]+\n$/);
});
