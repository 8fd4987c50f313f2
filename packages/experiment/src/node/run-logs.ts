import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingEvent } from '@ablate/training/schema';
import { type FileSystem, writeAll } from './write-file.ts';

/** Wall-clock times stand in a file of their own: the same run gives the same bytes of the other. */
const FILES = { metrics: 'metrics.jsonl', timings: 'timings.jsonl' } as const;

/** What a run says, one line of JSON an event, each in its file as it happens. */
export class RunLogs {
  readonly #files: { name: string; path: string; file: number; length: number }[];
  readonly #fs: Pick<FileSystem, 'writeSync'> | undefined;

  /**
   * @param offsets Where to go on, by file: what is behind is cut off. Default: at the start.
   * @param fs Tests let it fail.
   */
  constructor(folder: string, offsets: Readonly<Record<string, number>> = {}, fs?: Pick<FileSystem, 'writeSync'>) {
    this.#fs = fs;
    this.#files = Object.values(FILES).map((name) => {
      const path = join(folder, name);
      const file = openSync(path, 'a');
      const length = offsets[name] ?? 0;
      ftruncateSync(file, length);
      return { name, path, file, length };
    });
  }

  /** Bytes of each file. */
  get offsets(): Record<string, number> {
    return Object.fromEntries(this.#files.map(({ name, length }) => [name, length]));
  }

  /** @throws Error naming the file, where the disk does not take it. */
  add(event: TrainingEvent): void {
    // What a run said before it went on stands there already.
    if (event.type === 'start' && event.resumedAt !== undefined) return;
    const name = event.type === 'timing' ? FILES.timings : FILES.metrics;
    const log = this.#files.find((file) => file.name === name);
    if (log === undefined) return;
    const bytes = new TextEncoder().encode(`${JSON.stringify(event)}\n`);
    try {
      writeAll(log.file, bytes, this.#fs);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(
        `"${log.path}" can't be written: ${why}. Make room, and run the study again: it goes on from its last checkpoint.`,
        { cause },
      );
    }
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
