import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingEvent } from '@ablate/training/schema';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLogs, RunLogs } from './run-logs.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'ablate-logs-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const start: TrainingEvent = { type: 'start', epochs: 1, stepsPerEpoch: 2, examples: 4, batchSize: 2 };
const step = (at: number): TrainingEvent => ({
  type: 'step',
  epoch: 1,
  step: at,
  loss: 0.1 * at,
  accuracy: 1 / 3,
  learningRate: 0.1,
});
const timing: TrainingEvent = {
  type: 'timing',
  epoch: 1,
  trainSeconds: 1,
  evaluateSeconds: 2,
  examplesPerSecond: 4,
  endedAt: 9,
};
const metrics = () => readFileSync(join(folder, 'metrics.jsonl'), 'utf8');

test('times stand in a file of their own; both are read back to their offsets', () => {
  const logs = new RunLogs(folder);
  for (const event of [start, step(1)]) logs.add(event);
  const early = logs.offsets;
  for (const event of [step(2), timing]) logs.add(event);
  logs.close();
  expect(metrics()).toBe([start, step(1), step(2)].map((event) => `${JSON.stringify(event)}\n`).join(''));
  expect(readFileSync(join(folder, 'timings.jsonl'), 'utf8')).toBe(`${JSON.stringify(timing)}\n`);
  expect(readLogs(folder, early)).toEqual([start, step(1)]);
  expect(readLogs(folder, logs.offsets)).toEqual([start, step(1), step(2), timing]);
});

test('a log that goes on cuts off what came after its offsets, also half a line, and does not start again', () => {
  const logs = new RunLogs(folder);
  for (const event of [start, step(1)]) logs.add(event);
  const { offsets } = logs;
  logs.add(step(2));
  logs.close();
  appendFileSync(join(folder, 'metrics.jsonl'), '{"type":"st');
  const again = new RunLogs(folder, offsets);
  for (const event of [{ ...start, resumedAt: 1 }, step(2)]) again.add(event);
  again.close();
  expect(metrics()).toBe([start, step(1), step(2)].map((event) => `${JSON.stringify(event)}\n`).join(''));
});

test('logs that are shorter than their offsets, gone, or other text are not read', () => {
  const logs = new RunLogs(folder);
  logs.add(start);
  logs.close();
  const { offsets } = logs;
  expect(readLogs(folder, { ...offsets, 'metrics.jsonl': (offsets['metrics.jsonl'] as number) + 1 })).toBe(null);
  expect(readLogs(folder, { 'metrics.jsonl': 0 })).toBe(null);
  writeFileSync(join(folder, 'metrics.jsonl'), `${'x'.repeat((offsets['metrics.jsonl'] as number) - 1)}\n`);
  expect(readLogs(folder, offsets)).toBe(null);
  rmSync(join(folder, 'metrics.jsonl'));
  expect(readLogs(folder, offsets)).toBe(null);
});

test('a disk that is full in the middle of a line: the file is named, and what was there before goes on', () => {
  let isFull = false;
  const full = {
    writeSync(file: number, bytes: Uint8Array, offset: number): number {
      if (!isFull) return writeSync(file, bytes, offset);
      if (offset > 0) throw new Error('ENOSPC: no space left on device, write');
      return writeSync(file, bytes, 0, 10);
    },
  };
  const logs = new RunLogs(folder, {}, full);
  logs.add(start);
  isFull = true;
  const { offsets } = logs;
  expect(() => logs.add(step(1))).toThrow(
    `"${join(folder, 'metrics.jsonl')}" can't be written: ENOSPC: no space left on device, write. Make room, and run the study again: it goes on from its last checkpoint.`,
  );
  logs.close();
  expect(metrics()).toBe(`${JSON.stringify(start)}\n{"type":"s`);
  expect(readLogs(folder, offsets)).toEqual([start]);
  new RunLogs(folder, offsets).close();
  expect(metrics()).toBe(`${JSON.stringify(start)}\n`);
});
