import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AnalysisName,
  type Comparison,
  compareRuns,
  type Environment,
  fingerprint,
  formatDifference,
  type Plan,
  type PlanRun,
  resolveConfig,
} from '../schema/index.ts';
import { completeRun } from './complete-run.ts';
import { readEnvironment, withDataVersion } from './environment.ts';
import type { FinishedRun } from './finished-run.ts';
import { launchRun } from './launch-run.ts';
import { openResults } from './open-results.ts';
import type { FromRun, RunRequest } from './run-messages.ts';
import { forEachAtMost } from './run-pool.ts';
import { readRunState } from './run-state.ts';
import { runsAtOnce } from './runs-at-once.ts';
import { writeJson } from './write-file.ts';

/** What happens in a study, for whoever shows it. */
export type StudyEvent =
  /** First of all. `notices`: what a person is to know, each in a sentence. */
  | { type: 'study-start'; atOnce: number; notices: string[] }
  /** `again`: why a run that was finished is not used. */
  | { type: 'run-start'; run: Plan['runs'][number]; index: number; of: number; again?: string }
  /** A finished run is getting analyses that it lacks. */
  | { type: 'run-adding'; run: Plan['runs'][number]; index: number; of: number; analyses: AnalysisName[] }
  /** A finished run takes the place of this one; `added` are analyses that it did not have. */
  | { type: 'run-reused'; run: Plan['runs'][number]; index: number; of: number; added: AnalysisName[] }
  | { type: 'run-message'; run: Plan['runs'][number]; message: FromRun }
  | { type: 'run-end'; run: Plan['runs'][number]; outcome: 'done' | 'stopped' | 'failed'; error?: string };

/** What a study came to. */
export interface StudyOutcome {
  /** Folder of the study's results. */
  folder: string;
  /** Runs that are done, those that were done before among them. */
  done: number;
  /** Runs that were done before. */
  reused: number;
  failed: { run: string; error: string }[];
  /** Runs that are neither done nor failed, by id: a signal or, with `failFast`, a failure came before their end. */
  left: string[];
  /** A signal ended the study before all its runs were done. */
  stopped: boolean;
  /** Null where no run was completed, and for a shard. */
  comparison: Comparison | null;
}

/** Options of {@link runStudy}. */
export interface RunStudyOptions {
  /** Folder that holds a folder for each study. */
  out: string;
  onEvent?: (event: StudyEvent) => void;
  /** Ends the study: the runs in progress stop after their step and save what they have. */
  signal?: AbortSignal;
  /** Trains every run, also those that are done. */
  force?: boolean;
  /** Starts no other run after one that failed, and stops those in progress. */
  failFast?: boolean;
  /** Runs that go on at once, as far as the cores suffice and no time is measured. Default: 1. */
  parallel?: number;
  /** They do so also where time is measured. */
  parallelTimed?: boolean;
  /** When the runs write checkpoints. Default: every 30 seconds. */
  checkpoints?: RunRequest['checkpoints'];
  /** What runs depend on beside the plan. Default: what is here. */
  environment?: Environment;
}

/**
 * Trains the runs of a plan, each in its own process, and compares what they reached. A finished run with the same
 * fingerprint is not trained again; one that was broken off goes on from its last checkpoint. A run that fails does not
 * stop the others. Writes `<out>/<study>/<variant>/seed-<n>/…` and, unless the plan is of one shard,
 * `<out>/<study>/comparison.json`. Runs that go on at once come to the same as one after the other.
 *
 * @throws Error before anything is trained if results can't be written there, or another process writes to one of its
 *   runs; DatasetError if the data is not there.
 */
export async function runStudy(plan: Plan, options: RunStudyOptions): Promise<StudyOutcome> {
  const { out, onEvent, parallel = 1, parallelTimed = false } = options;
  const folder = join(out, plan.name);
  const environment = await withDataVersion(options.environment ?? (await readEnvironment()), plan.dataset, true);
  const locks = openResults(folder, plan.runs);
  try {
    // Beside new runs the old one would not be theirs.
    rmSync(join(folder, 'comparison.json'), { force: true });
    const runs = plan.runs.map((run) => ({ ...run, config: resolveConfig(run.config, environment) }));
    const { workers: cores } = environment;
    const { atOnce, notices } = runsAtOnce({ ...plan, runs }, { parallel, parallelTimed, cores });
    onEvent?.({ type: 'study-start', atOnce, notices: [...locks.notices, ...notices] });
    const ends = await runAll(plan, runs, { ...options, folder, environment, atOnce });
    const complete = ends.flatMap((end) => (end.type === 'done' ? [end.finished] : []));
    // A part of the runs is no comparison: those of all shards are merged.
    const comparison = complete.length === 0 || plan.shard !== undefined ? null : compareRuns(plan, complete);
    if (comparison !== null) writeJson(join(folder, 'comparison.json'), comparison);
    const left = ends.flatMap((end, index) => (end.type === 'left' ? (runs[index]?.id ?? []) : []));
    return {
      folder,
      done: complete.length,
      reused: ends.filter((end) => end.type === 'done' && end.reused).length,
      failed: ends.flatMap((end, index) =>
        end.type === 'failed' ? { run: runs[index]?.id ?? '', error: end.error } : [],
      ),
      left,
      stopped: options.signal?.aborted === true && left.length > 0,
      comparison,
    };
  } finally {
    locks.release();
  }
}

/** What became of a run. */
type RunEnd =
  | { type: 'done'; finished: FinishedRun; reused: boolean }
  | { type: 'failed'; error: string }
  /** Not begun, or stopped. */
  | { type: 'left' };

/** The ends of all runs, in their order. */
async function runAll(plan: Plan, runs: readonly PlanRun[], options: RunAllOptions): Promise<RunEnd[]> {
  const { atOnce, signal, failFast = false, onEvent } = options;
  const failure = new AbortController();
  const ending = signal === undefined ? failure.signal : AbortSignal.any([signal, failure.signal]);
  const ends = runs.map((): RunEnd => ({ type: 'left' }));
  await forEachAtMost(atOnce, runs, async (run, index) => {
    if (ending.aborted) return;
    const place = { run, index, of: runs.length };
    const end = await runOne(plan, place, options, ending).catch(
      (error: unknown): RunEnd => ({ type: 'failed', error: error instanceof Error ? error.message : String(error) }),
    );
    ends[index] = end;
    if (end.type === 'failed') {
      onEvent?.({ type: 'run-end', run, outcome: 'failed', error: end.error });
      if (failFast) failure.abort();
    }
  });
  return ends;
}

interface RunAllOptions extends RunStudyOptions {
  /** Of the study. */
  folder: string;
  environment: Environment;
  atOnce: number;
}

async function runOne(
  plan: Plan,
  place: { run: PlanRun; index: number; of: number },
  { folder, environment, atOnce, force = false, checkpoints, onEvent }: RunAllOptions,
  signal: AbortSignal,
): Promise<RunEnd> {
  const { run } = place;
  const before = force
    ? null
    : await reuse(plan, run, join(folder, run.id), environment, (names) =>
        onEvent?.({ type: 'run-adding', ...place, analyses: names }),
      );
  if (before !== null && 'finished' in before) {
    onEvent?.({ type: 'run-reused', ...place, added: before.added });
    return { type: 'done', finished: before.finished, reused: true };
  }
  onEvent?.({ type: 'run-start', ...place, ...(before && { again: before.again }) });
  const outcome = await launchRun(
    {
      experiment: plan.name,
      file: plan.file,
      variant: run.variant,
      fingerprint: fingerprint(run.config, environment),
      config: run.config,
      versions: environment.versions,
      folder: join(folder, run.id),
      anew: force,
      ...(before?.weightHash !== undefined && { weightHash: before.weightHash }),
      ...(atOnce > 1 && { atOnce }),
      ...(checkpoints && { checkpoints }),
    },
    (message) => onEvent?.({ type: 'run-message', run, message }),
    signal,
  );
  if (outcome.type === 'failed') return outcome;
  if (outcome.result.status === 'stopped') {
    onEvent?.({ type: 'run-end', run, outcome: 'stopped' });
    return { type: 'left' };
  }
  onEvent?.({ type: 'run-end', run, outcome: 'done' });
  return { type: 'done', finished: { run: outcome.result, timings: outcome.timings }, reused: false };
}

/** The finished run in a folder with what the plan asks for, or why it can't be used; null where there is none. */
async function reuse(
  plan: Plan,
  { config }: Plan['runs'][number],
  folder: string,
  environment: Environment,
  onAdding: (analyses: AnalysisName[]) => void,
): Promise<{ finished: FinishedRun; added: AnalysisName[] } | { again: string; weightHash?: string } | null> {
  const { finished, differences, missing, sameWeights } = readRunState(folder, config, environment);
  if (finished === null) return null;
  if (differences.length > 0) {
    const again = differences.map(formatDifference).join('; ');
    const { weightHash } = finished.run;
    return { again, ...(sameWeights && weightHash !== undefined && { weightHash }) };
  }
  if (missing.length > 0) onAdding(missing.map(({ name }) => name));
  const completed = await completeRun(folder, finished, plan, config);
  return completed.type === 'complete' ? completed : { again: completed.reason };
}
