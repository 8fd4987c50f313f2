import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Comparison,
  compareRuns,
  type Environment,
  explainRerun,
  formatDifference,
  type Plan,
  resolveConfig,
} from '../schema/index.ts';
import { type FinishedRun, readFinishedRun } from './finished-run.ts';
import { openResults } from './open-results.ts';
import { writeJson } from './write-file.ts';

/** What merging came to. */
export interface MergeOutcome {
  /** Folder of the study's results. */
  folder: string;
  /** Runs that were copied, by id. */
  copied: string[];
  /** Runs that no folder has finished, by id. */
  missing: string[];
  /** Machines that the runs' times are of. */
  machines: number;
  comparison: Comparison;
}

/** Options of {@link mergeStudy}. */
export interface MergeOptions {
  /** Folder that holds a folder for each study. */
  out: string;
  /** Other such folders, or a study's own, from which finished runs are taken. */
  from: readonly string[];
}

/** Runs that can't be compared, or that are not there; the message names each. */
export class MergeError extends Error {
  override readonly name = 'MergeError';
}

interface FoundRun {
  id: string;
  folder: string;
  finished: FinishedRun;
}

/**
 * Brings the finished runs of a plan together in `<out>/<study>` and writes their `comparison.json`, as if one process
 * had made them all. Nothing is changed unless all runs come from the same study, versions, backend and number of workers.
 *
 * @param plan With `auto` as the study has it: what it came to is read from the runs, which other machines may have made.
 * @throws MergeError; LockError where one of the runs is being written.
 */
export function mergeStudy(plan: Plan, { out, from }: MergeOptions): MergeOutcome {
  const folder = join(out, plan.name);
  const found = plan.runs.flatMap(({ id }) => findRun(id, [folder, ...from.flatMap((root) => placesIn(root, plan))]));
  const [first] = found;
  if (first === undefined) {
    throw new MergeError(
      `merge: no run of "${plan.name}" is finished in ${[folder, ...from].map((root) => `"${root}"`).join(', ')}. Name the folders of the results: ablate merge STUDY FOLDER…`,
    );
  }
  checkAlike(plan, found, first);
  const locks = openResults(folder, found);
  try {
    const copied = found.filter((run) => copy(run, join(folder, run.id))).map(({ id }) => id);
    const comparison = compareRuns(
      plan,
      found.map(({ finished }) => finished),
    );
    writeJson(join(folder, 'comparison.json'), comparison);
    return {
      folder,
      copied,
      missing: plan.runs.map(({ id }) => id).filter((id) => found.every((run) => run.id !== id)),
      machines: new Set(found.map(({ finished }) => JSON.stringify(finished.run.machine))).size,
      comparison,
    };
  } finally {
    locks.release();
  }
}

/** Where a folder may have a study's runs: below the study's name, or itself. */
function placesIn(root: string, { name }: Plan): string[] {
  if (!existsSync(root)) throw new MergeError(`merge: the folder "${root}" is not there.`);
  return [join(root, name), root];
}

/** The first of the places that has the run finished; the others must have reached the same weights. */
function findRun(id: string, places: readonly string[]): FoundRun[] {
  const all = places.flatMap((place): FoundRun[] => {
    const folder = join(place, id);
    const finished = readFinishedRun(folder);
    return finished === null ? [] : [{ id, folder, finished }];
  });
  const [first] = all;
  if (first === undefined) return [];
  const other = all.find(({ finished }) => finished.run.weightHash !== first.finished.run.weightHash);
  if (other !== undefined) {
    throw new MergeError(
      `merge: ${id} has other weights in "${first.folder}" than in "${other.folder}". Move one of them away, or leave its folder out.`,
    );
  }
  return [first];
}

/** Whether all are what the study says now, made by the same code on the same backend, with as many workers and the same data. */
function checkAlike(plan: Plan, found: readonly FoundRun[], first: FoundRun): void {
  const { run } = first.finished;
  // On as many cores `auto` has come to what each of them has.
  const workers = Math.max(...found.map(({ finished }) => Number(finished.run.config.workers) || 1));
  const environment: Environment = { versions: run.versions, auto: run.backend.name, workers };
  const sentences = found.flatMap(({ id, folder, finished }) => {
    const planned = plan.runs.find((one) => one.id === id);
    if (planned === undefined) return [];
    const recorded = { ...finished.run, backend: finished.run.backend.name };
    const different = explainRerun(recorded, resolveConfig(planned.config, environment), environment);
    if (different.length === 0) return [];
    return `${id} in "${folder}": ${different.map(formatDifference).join('; ')}`;
  });
  if (sentences.length === 0) return;
  throw new MergeError(
    `merge: all runs must be of this study and made alike (compared with ${first.id}). Nothing was merged:\n${sentences.join('\n')}\nRun these again, or merge with the flags that they were run with.`,
  );
}

/** Whether it was not there. A copy appears whole or not at all. */
function copy({ folder }: FoundRun, target: string): boolean {
  if (folder === target) return false;
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  cpSync(folder, partial, { recursive: true });
  // What is there is not finished.
  rmSync(target, { recursive: true, force: true });
  renameSync(partial, target);
  return true;
}
