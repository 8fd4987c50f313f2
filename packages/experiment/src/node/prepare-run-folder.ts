import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from './finished-run.ts';

/** Of any version of run.json. */
const finished = z.looseObject({ status: z.literal('done') });

/**
 * An empty folder for a run. What a finished run left there is kept beside it as `<folder>.previous` (one, the latest):
 * a quick look with other settings must not cost the hours of a full one. Unfinished runs are removed.
 */
export function prepareRunFolder(folder: string): void {
  if (readJson(join(folder, 'run.json'), finished) !== null) {
    rmSync(`${folder}.previous`, { recursive: true, force: true });
    renameSync(folder, `${folder}.previous`);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
