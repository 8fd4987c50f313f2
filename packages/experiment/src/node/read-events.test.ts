import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingEvent } from '@ablate/training/schema';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readEvents } from './read-events.ts';
import { RunLogs } from './run-logs.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'ablate-events-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const events: TrainingEvent[] = [
  { type: 'start', epochs: 1, stepsPerEpoch: 2, examples: 4, batchSize: 2 },
  { type: 'step', epoch: 1, step: 1, loss: 0.5, accuracy: 1 / 3, learningRate: 0.1 },
  { type: 'step', epoch: 1, step: 2, loss: 0.25, accuracy: 2 / 3, learningRate: 0.1 },
];

function writtenLog(): string {
  const logs = new RunLogs(folder);
  for (const event of events) logs.add(event);
  logs.close();
  return join(folder, 'metrics.jsonl');
}

test('wherever a crash cut the log off, the whole lines before are read, and a part of a line is told of', () => {
  const path = writtenLog();
  const bytes = readFileSync(path);
  for (let length = bytes.length; length >= 0; length--) {
    truncateSync(path, length);
    const whole = bytes.subarray(0, length).toString().split('\n').length - 1;
    const notices: string[] = [];
    expect(readEvents(path, (text) => notices.push(text))).toEqual(events.slice(0, whole));
    const torn = length > 0 && bytes[length - 1] !== 10;
    expect(notices).toEqual(torn ? [`${path}: its last line is torn, and left out`] : []);
  }
});

test('a torn line that others follow is an error with its number', () => {
  const path = writtenLog();
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, lines.with(1, '{"type":"st').join('\n'));
  expect(() => readEvents(path)).toThrow(
    `"${path}", line 2: each line must be an event as JSON; received "{"type":"st". The file was damaged after it was written: remove the run's folder and run the study again.`,
  );
});

test('a last line that has its end is not torn: where it is not JSON, it is an error', () => {
  const path = writtenLog();
  writeFileSync(path, `${readFileSync(path, 'utf8')}\n`);
  expect(() => readEvents(path)).toThrow(`"${path}", line 4: each line must be an event as JSON; received "".`);
});
