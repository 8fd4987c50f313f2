import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { type RunResult, runResultSchema, type Timings, timingsSchema } from '../schema/index.ts';

/** A run that is done, as its folder tells it. */
export interface FinishedRun {
  run: RunResult;
  timings: Timings;
}

/** What a finished run leaves, beside `analysis/`. */
const FILES = ['metrics.jsonl', 'predictions.json', 'model/model.json', 'model/weights.bin'];

/**
 * The finished run in a folder; null where there is none, or where it is not whole: stopped, failed, files missing, or
 * files that this version does not read.
 */
export function readFinishedRun(folder: string): FinishedRun | null {
  const run = readJson(join(folder, 'run.json'), runResultSchema);
  const timings = readJson(join(folder, 'timings.json'), timingsSchema);
  if (run?.status !== 'done' || timings === null) return null;
  return FILES.every((file) => existsSync(join(folder, file))) ? { run, timings } : null;
}

/** A JSON file that follows a schema; null where it is not there or does not. */
export function readJson<T>(path: string, schema: z.ZodType<T>): T | null {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const expected = error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (expected || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return null;
    throw error;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
