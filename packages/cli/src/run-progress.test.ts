import type { StudyEvent } from '@ablate/experiment/node';
import { expect, test } from 'vitest';
import { RunProgress } from './run-progress.ts';

type Run = Extract<StudyEvent, { type: 'run-message' }>['run'];
type Message = Extract<StudyEvent, { type: 'run-message' }>['message'];
type Event = Extract<Message, { type: 'event' }>['event'];

test('in a pipe: a line every five seconds at most; the speed is that of training alone', () => {
  let [text, seconds] = ['', 0];
  const terminal = { out: () => undefined, err: (part: string) => void (text += part), interactive: false };
  const progress = new RunProgress(terminal, () => seconds * 1000);
  const run = { id: 'cnn/seed-1', variant: 'cnn', seed: 1 } as Run;
  const tell = (event: Event) => progress.show({ type: 'run-message', run, message: { type: 'event', event } });
  const step = (number: number) =>
    tell({ type: 'step', epoch: 1, step: number, loss: 0.5, accuracy: 0.75, learningRate: 0.1 });
  progress.show({ type: 'run-start', run, index: 0, of: 2 });
  tell({ type: 'start', epochs: 2, stepsPerEpoch: 10, examples: 640, batchSize: 64 });
  seconds = 4;
  step(4);
  seconds = 10;
  step(10);
  const score = { loss: 0.25, accuracy: 0.9 };
  tell({ type: 'epoch', epoch: 1, step: 10, learningRate: 0.1, running: score, train: score });
  tell({ type: 'timing', epoch: 1, trainSeconds: 10, evaluateSeconds: 5, examplesPerSecond: 64 });
  seconds = 20;
  step(15);
  expect(text).toMatchInlineSnapshot(`
    "[1/2] cnn/seed-1
      step 10/20: loss 0.500, accuracy 75.00 %, 64 images/s, 10 s left
      epoch 1/2: loss 0.2500, train accuracy 90.00 %
      step 15/20: loss 0.500, accuracy 75.00 %, 64 images/s, 7 s left
    "
  `);
});
