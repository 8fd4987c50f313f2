import type { TrainingEvent } from '@ablate/training/schema';
import type { RunConfig } from '../schema/index.ts';
import type { RunResult, Timings } from '../schema/index.ts';

/** What a run's process is to do. */
export interface RunRequest {
  experiment: string;
  variant: string;
  fingerprint: string;
  config: RunConfig;
  /** Folder of this run's results; emptied first. */
  folder: string;
}

/** What a run is at: shown while nothing else is to be seen. */
export type RunPhase = 'starting' | 'loading data' | 'training' | 'evaluating' | 'measuring inference' | 'saving';

/** To the run's process. */
export type ToRun = { type: 'run'; request: RunRequest } | { type: 'stop' };

/** From the run's process. The last is `done` or `failed`. */
export type FromRun =
  | { type: 'phase'; phase: RunPhase }
  | { type: 'event'; event: TrainingEvent }
  | { type: 'done'; result: RunResult; timings: Timings }
  | { type: 'failed'; error: string };
