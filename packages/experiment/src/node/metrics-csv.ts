import type { TrainingEvent } from '@ablate/training/schema';

const COLUMNS = ['epoch', 'step', 'learning_rate', 'running_loss', 'running_accuracy', 'train_loss', 'train_accuracy'];
const OF_VALIDATION = ['validation_loss', 'validation_accuracy'];

/**
 * metrics.csv: a line for each epoch, for spreadsheets and pandas. Columns: epoch (from 1), step (taken until then),
 * learning_rate (of its last step), then loss and accuracy of `running` (over its batches, dropout on, while the weights
 * moved), `train` (afterwards, on a fixed part of the training set) and, where there is one, `validation`.
 */
export function metricsCsv(events: readonly TrainingEvent[]): string {
  const epochs = events.filter((event) => event.type === 'epoch');
  const validated = epochs.some(({ validation }) => validation !== undefined);
  const lines = epochs.map(({ epoch, step, learningRate, running, train, validation }) => {
    const scores = validated ? [running, train, validation] : [running, train];
    return [epoch, step, learningRate, ...scores.flatMap((score) => [score?.loss, score?.accuracy])];
  });
  const header = validated ? [...COLUMNS, ...OF_VALIDATION] : COLUMNS;
  return [header, ...lines].map((line) => `${line.join(',')}\n`).join('');
}
