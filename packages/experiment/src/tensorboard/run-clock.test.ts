import type { TrainingEvent } from '@ablate/training/schema';
import { expect, test } from 'vitest';
import { runClock } from './run-clock.ts';

/* Two epochs of four steps; the run was interrupted between them for the night, and broken off in the third. */
const score = { loss: 1, accuracy: 0.5 };
const epoch = (number: number, endedAt: number): TrainingEvent[] => [
  { type: 'epoch', epoch: number, step: 4 * number, learningRate: 0.1, running: score, train: score },
  { type: 'timing', epoch: number, trainSeconds: 8, evaluateSeconds: 3, examplesPerSecond: 1, endedAt },
];
const EVENTS = [...epoch(1, 1011), ...epoch(2, 50_011)];

test.each([
  ['the start', 0, 1000],
  ['the first step', 1, 1002],
  ['the last step of an epoch, before its evaluation', 4, 1008],
  ['the first step after the night', 5, 50_002],
  ['a step of an epoch that never ended, at the pace of the one before', 10, 50_015],
])('%s', (_, step, time) => {
  expect(runClock(EVENTS, 7).step(step)).toBe(time);
});

test('epochs end when the run said', () => {
  const clock = runClock(EVENTS, 7);
  expect([clock.epoch(1), clock.epoch(2), clock.last]).toEqual([1011, 50_011, 50_011]);
});

test('without an ended epoch, everything has the time that it is given', () => {
  const clock = runClock([], 7);
  expect([clock.step(3), clock.epoch(1), clock.last]).toEqual([7, 7, 7]);
});
