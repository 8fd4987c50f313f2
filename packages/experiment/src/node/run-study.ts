import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AnalysisName,
  type Comparison,
  compareRuns,
  type Environment,
  fingerprint,
  formatDifference,
  type Plan,
  resolveConfig,
} from '../schema/index.ts';
import { completeRun } from './complete-run.ts';
import { readEnvironment, withDataVersion } from './environment.ts';
import type { FinishedRun } from './finished-run.ts';
import { launchRun } from './launch-run.ts';
import type { FromRun, RunRequest } from './run-messages.ts';
import { readRunState } from './run-state.ts';
import { writeJson } from './write-file.ts';

/** What happens in a study, for whoever shows it. */
export type StudyEvent =
  /** `again`: why a run that was finished is not used. */
  | { type: 'run-start'; run: Plan['runs'][number]; index: number; of: number; again?: string }
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
  /** A signal ended the study before all its runs were done. */
  stopped: boolean;
  /** Null where no run was completed. */
  comparison: Comparison | null;
}

/** Options of {@link runStudy}. */
export interface RunStudyOptions {
  /** Folder that holds a folder for each study. */
  out: string;
  onEvent?: (event: StudyEvent) => void;
  /** Ends the study: the run in progress stops after its step and saves what it has. */
  signal?: AbortSignal;
  /** Trains every run, also those that are done. */
  force?: boolean;
  /** When the runs write checkpoints. Default: every 30 seconds. */
  checkpoints?: RunRequest['checkpoints'];
  /** What runs depend on beside the plan. Default: what is here. */
  environment?: Environment;
}

/**
 * Trains the runs of a plan, one after the other, each in its own process, and compares what they reached. A finished
 * run with the same fingerprint is not trained again; one that was broken off goes on from its last checkpoint. A run that fails does not stop the others. Writes
 * `<out>/<study>/<variant>/seed-<n>/…` and `<out>/<study>/comparison.json`.
 *
 * @throws Error before anything is trained if results can't be written there; DatasetError if the data is not there.
 */
export async function runStudy(plan: Plan, options: RunStudyOptions): Promise<StudyOutcome> {
  const { out, onEvent, signal, force = false, checkpoints } = options;
  const folder = join(out, plan.name);
  openFolder(folder);
  const environment = await withDataVersion(options.environment ?? (await readEnvironment()), plan.dataset, true);
  const complete: FinishedRun[] = [];
  const failed: StudyOutcome['failed'] = [];
  let stopped = false;
  let reused = 0;
  const runs = plan.runs.map((run) => ({ ...run, config: resolveConfig(run.config, environment) }));
  for (const [index, run] of runs.entries()) {
    if (signal?.aborted === true) {
      stopped = true;
      break;
    }
    const place = { run, index, of: runs.length };
    const before = force ? null : await reuse(plan, run, join(folder, run.id), environment);
    if (before !== null && 'finished' in before) {
      complete.push(before.finished);
      reused++;
      onEvent?.({ type: 'run-reused', ...place, added: before.added });
      continue;
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
        ...(checkpoints && { checkpoints }),
      },
      (message) => onEvent?.({ type: 'run-message', run, message }),
      signal,
    );
    if (outcome.type === 'failed') {
      failed.push({ run: run.id, error: outcome.error });
      onEvent?.({ type: 'run-end', run, outcome: 'failed', error: outcome.error });
    } else if (outcome.result.status === 'stopped') {
      stopped = true;
      onEvent?.({ type: 'run-end', run, outcome: 'stopped' });
    } else {
      complete.push({ run: outcome.result, timings: outcome.timings });
      onEvent?.({ type: 'run-end', run, outcome: 'done' });
    }
  }
  const comparison = complete.length === 0 ? null : compareRuns(plan, complete);
  if (comparison !== null) writeJson(join(folder, 'comparison.json'), comparison);
  return { folder, done: complete.length, reused, failed, stopped, comparison };
}

/** Makes the study's folder and takes away the old comparison: beside new runs it would not be theirs. */
function openFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    rmSync(join(folder, 'comparison.json'), { force: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`results can't be written to "${folder}": ${why}. Choose another folder with --out.`, { cause });
  }
}

/** The finished run in a folder with what the plan asks for, or why it can't be used; null where there is none. */
async function reuse(
  plan: Plan,
  { config }: Plan['runs'][number],
  folder: string,
  environment: Environment,
): Promise<{ finished: FinishedRun; added: AnalysisName[] } | { again: string; weightHash?: string } | null> {
  const { finished, differences, sameWeights } = readRunState(folder, config, environment);
  if (finished === null) return null;
  if (differences.length > 0) {
    const again = differences.map(formatDifference).join('; ');
    const { weightHash } = finished.run;
    return { again, ...(sameWeights && weightHash !== undefined && { weightHash }) };
  }
  const completed = await completeRun(folder, finished, plan, config);
  return completed.type === 'complete' ? completed : { again: completed.reason };
}
