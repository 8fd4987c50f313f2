import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LockError, lockRuns, type RunLocks } from './run-lock.ts';

/**
 * Makes the folder of a study's results, and locks its runs.
 *
 * @throws LockError where one of the runs is being written; Error that names the folder where it can't be made.
 */
export function openResults(folder: string, runs: readonly { id: string }[]): RunLocks {
  try {
    makeFolder(folder);
    return lockRuns(runs.map(({ id }) => join(folder, id)));
  } catch (cause) {
    if (cause instanceof LockError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`results can't be written to "${folder}": ${why}. Choose another folder with --out.`, { cause });
  }
}

/**
 * With those that it lies in. Node's own `recursive` never returns where the system says of an existing folder's child that
 * there is no such folder, as automounters and /proc do.
 */
function makeFolder(folder: string): void {
  const parent = dirname(folder);
  if (parent !== folder && !existsSync(parent)) makeFolder(parent);
  try {
    mkdirSync(folder);
  } catch (error) {
    // It is there, or was made meanwhile. A file in its place is found out by the first lock.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
