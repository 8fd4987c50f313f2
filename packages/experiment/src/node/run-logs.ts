import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingEvent } from '@ablate/training/schema';
import { writeAll } from './write-file.ts';

/** Wall-clock times stand in a file of their own: the same run gives the same bytes of the other. */
const FILES = { metrics: 'metrics.jsonl', timings: 'timings.jsonl' } as const;

/** What a run says, one line of JSON an event, each in its file as it happens. */
export class RunLogs {
  readonly #files: { name: string; file: number; length: number }[];

  /** @param offsets Where to go on, by file: what is behind is cut off. Default: at the start. */
  constructor(folder: string, offsets: Readonly<Record<string, number>> = {}) {
    this.#files = Object.values(FILES).map((name) => {
      const file = openSync(join(folder, name), 'a');
      const length = offsets[name] ?? 0;
      ftruncateSync(file, length);
      return { name, file, length };
    });
  }

  /** Bytes of each file. */
  get offsets(): Record<string, number> {
    return Object.fromEntries(this.#files.map(({ name, length }) => [name, length]));
  }

  add(event: TrainingEvent): void {
    // What a run said before it went on stands there already.
    if (event.type === 'start' && event.resumedAt !== undefined) return;
    const name = event.type === 'timing' ? FILES.timings : FILES.metrics;
    const log = this.#files.find((file) => file.name === name) as { file: number; length: number };
    const bytes = new TextEncoder().encode(`${JSON.stringify(event)}\n`);
    writeAll(log.file, bytes);
    log.length += bytes.length;
  }

  /** Waits until the disk has them: before a checkpoint that counts on it. */
  sync(): void {
    for (const { file } of this.#files) fsyncSync(file);
  }

  close(): void {
    for (const { file } of this.#files) closeSync(file);
  }
}

/** The events that logs have up to these offsets; null where a log is shorter, or holds other lines. */
export function readLogs(folder: string, offsets: Readonly<Record<string, number>>): TrainingEvent[] | null {
  const events: TrainingEvent[] = [];
  for (const name of Object.values(FILES)) {
    try {
      const bytes = readFileSync(join(folder, name)).subarray(0, offsets[name] ?? 0);
      if (bytes.length !== offsets[name]) return null;
      const lines = bytes.toString().split('\n').slice(0, -1);
      events.push(...lines.map((line) => JSON.parse(line) as TrainingEvent));
    } catch {
      return null;
    }
  }
  return events;
}
