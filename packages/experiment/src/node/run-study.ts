import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Comparison, compareRuns, type Plan, type RunResult, type Timings } from '../schema/index.ts';
import { launchRun } from './launch-run.ts';
import type { FromRun } from './run-messages.ts';
import { writeJson } from './write-file.ts';

/** What happens in a study, for whoever shows it. */
export type StudyEvent =
  | { type: 'run-start'; run: Plan['runs'][number]; index: number; of: number }
  | { type: 'run-message'; run: Plan['runs'][number]; message: FromRun }
  | { type: 'run-end'; run: Plan['runs'][number]; outcome: 'done' | 'stopped' | 'failed'; error?: string };

/** What a study came to. */
export interface StudyOutcome {
  /** Folder of the study's results. */
  folder: string;
  done: number;
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
}

/**
 * Trains every run of a plan, one after the other, each in its own process, and compares what they reached. A run that
 * fails does not stop the others. Writes `<out>/<study>/<variant>/seed-<n>/…` and `<out>/<study>/comparison.json`.
 */
export async function runStudy(plan: Plan, { out, onEvent, signal }: RunStudyOptions): Promise<StudyOutcome> {
  const folder = join(out, plan.name);
  // An old comparison beside new runs would not be theirs.
  rmSync(join(folder, 'comparison.json'), { force: true });
  const complete: { run: RunResult; timings: Timings }[] = [];
  const failed: StudyOutcome['failed'] = [];
  let stopped = false;
  for (const [index, run] of plan.runs.entries()) {
    if (signal?.aborted === true) {
      stopped = true;
      break;
    }
    onEvent?.({ type: 'run-start', run, index, of: plan.runs.length });
    const outcome = await launchRun(
      {
        experiment: plan.name,
        variant: run.variant,
        fingerprint: run.fingerprint,
        config: run.config,
        folder: join(folder, run.id),
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
  return { folder, done: complete.length, failed, stopped, comparison };
}
