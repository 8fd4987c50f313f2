import type { StudyEvent } from '@ablate/experiment/node';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StudyProgress } from './study-progress.ts';

type Run = Extract<StudyEvent, { type: 'run-message' }>['run'];
type Message = Extract<StudyEvent, { type: 'run-message' }>['message'];
type Event = Extract<Message, { type: 'event' }>['event'];

const run = { id: 'cnn/seed-1', variant: 'cnn', seed: 1 } as Run;
const other = { id: 'fc/seed-1', variant: 'fc', seed: 1 } as Run;
const score = { loss: 0.25, accuracy: 0.9 };

let text: string;
let seconds: number;
let progress: StudyProgress;
beforeEach(() => {
  [text, seconds] = ['', 0];
  const terminal = { out: () => undefined, err: (part: string) => void (text += part), interactive: false };
  progress = new StudyProgress(terminal, () => seconds * 1000);
});
afterEach(() => void vi.useRealTimers());

const tell = (event: Event, of = run) =>
  progress.show({ type: 'run-message', run: of, message: { type: 'event', event } });
const step = (number: number, of = run) =>
  tell({ type: 'step', epoch: 1, step: number, loss: 0.5, accuracy: 0.75, learningRate: 0.1 }, of);
const begin = (of = run, more = {}) => {
  progress.show({ type: 'run-start', run: of, index: of === run ? 0 : 1, of: 2 });
  tell({ type: 'start', epochs: 2, stepsPerEpoch: 10, examples: 640, batchSize: 64, ...more }, of);
};

test('in a pipe: a line every five seconds at most; the speed is that of training alone', () => {
  begin();
  seconds = 4;
  step(4);
  seconds = 10;
  step(10);
  tell({ type: 'epoch', epoch: 1, step: 10, learningRate: 0.1, running: score, train: score });
  tell({ type: 'timing', epoch: 1, trainSeconds: 10, evaluateSeconds: 5, examplesPerSecond: 64, endedAt: 1000 });
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

test('of several runs at once each line names its run, and each has its own steps', () => {
  progress.show({ type: 'study-start', atOnce: 2, notices: ['--parallel 3: 2 at once.'] });
  begin();
  begin(other, { maxSteps: 15 });
  seconds = 10;
  step(10);
  step(5, other);
  progress.show({ type: 'run-end', run: other, outcome: 'failed', error: 'out of memory' });
  tell({ type: 'epoch', epoch: 1, step: 10, learningRate: 0.1, running: score, train: score });
  progress.show({ type: 'run-end', run, outcome: 'stopped' });
  expect(text).toMatchInlineSnapshot(`
    "--parallel 3: 2 at once.
    [1/2] cnn/seed-1
    [2/2] fc/seed-1
    cnn/seed-1: step 10/20: loss 0.500, accuracy 75.00 %, 64 images/s, 10 s left
    fc/seed-1: step 5/15: loss 0.500, accuracy 75.00 %, 32 images/s, 20 s left
      fc/seed-1 failed: out of memory
    cnn/seed-1: epoch 1/2: loss 0.2500, train accuracy 90.00 %
      cnn/seed-1 was stopped; what it had is saved, and it goes on when the study is run again.
    "
  `);
});

test('what a run is at is said where it lasts over two seconds', () => {
  vi.useFakeTimers();
  const phase = (name: 'loading data' | 'starting' | 'training' | 'measuring inference') =>
    progress.show({ type: 'run-message', run, message: { type: 'phase', phase: name } });
  progress.show({ type: 'run-start', run, index: 0, of: 1 });
  phase('loading data');
  vi.advanceTimersByTime(1999);
  phase('starting');
  vi.advanceTimersByTime(2001);
  phase('training');
  vi.advanceTimersByTime(9000);
  phase('measuring inference');
  vi.advanceTimersByTime(2001);
  phase('loading data');
  progress.show({ type: 'run-end', run, outcome: 'done' });
  vi.advanceTimersByTime(9000);
  expect(text).toBe('[1/1] cnn/seed-1\n  starting…\n  measuring inference…\n');
});

test('analyses that are added to a run that is done are said where they last over two seconds', () => {
  vi.useFakeTimers();
  const place = { index: 0, of: 2 };
  progress.show({ type: 'run-adding', run, ...place, analyses: ['roc'] });
  vi.advanceTimersByTime(1999);
  progress.show({ type: 'run-reused', run, ...place, added: ['roc'] });
  progress.show({ type: 'run-adding', run: other, ...place, index: 1, analyses: ['roc', 'timing'] });
  vi.advanceTimersByTime(2001);
  progress.show({ type: 'run-reused', run: other, ...place, index: 1, added: ['roc', 'timing'] });
  vi.advanceTimersByTime(9000);
  expect(text.split('\n')).toEqual([
    '[1/2] cnn/seed-1: already done; added: roc',
    '[2/2] fc/seed-1: done; adding roc, timing…',
    '[2/2] fc/seed-1: already done; added: roc, timing',
    '',
  ]);
});
