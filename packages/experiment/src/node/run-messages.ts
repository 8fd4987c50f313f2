import type { Network } from '@ablate/analysis/schema';
import type { BackendName } from '@ablate/tensor-backends/schema';
import type { TrainingEvent } from '@ablate/training/schema';
import type { RunConfig, RunResult, Timings, Versions } from '../schema/index.ts';

/** What a run's process is to do. */
export interface RunRequest {
  experiment: string;
  /** The study's file as it was named. */
  file: string;
  variant: string;
  fingerprint: string;
  config: RunConfig;
  versions: Versions;
  /** Folder of this run's results. A run that was broken off goes on in it; else it is emptied first. */
  folder: string;
  /** Starts at the beginning, whatever is there to go on from. */
  anew?: boolean;
  /** Of the weights that this run reached before: it is said where it does not reach them again. */
  weightHash?: string;
  /** Runs that share the machine, where there are several: its times are not those of a machine of its own. */
  atOnce?: number;
  /** When checkpoints are written, beside where the run is stopped. Default: every 30 seconds. */
  checkpoints?: { everySteps?: number; everySeconds?: number };
}

/** What is to be found out with the model that a finished run has saved, or with its data. */
export interface MeasureRequest {
  /** Folder of the run. */
  folder: string;
  config: RunConfig;
  /** The backend that the run was computed with. */
  backend: BackendName;
  /** Analyses that read the model or the images of the test set. */
  analysis: RunConfig['analysis'];
  /** Whether the probabilities of the test set are read, and have to be there afterwards. */
  probabilities: boolean;
}

/** What a run is at: shown while nothing else is to be seen. */
export type RunPhase =
  | 'starting'
  | 'loading data'
  | 'training'
  | 'evaluating'
  | 'analysing'
  | 'measuring inference'
  | 'saving';

/** To the run's process: one `run`, `measure` or `inspect`. */
export type ToRun =
  | { type: 'run'; request: RunRequest }
  | { type: 'measure'; request: MeasureRequest }
  /** The network of a `model.json`. */
  | { type: 'inspect'; path: string; plugins: readonly string[] }
  | { type: 'stop' };

/** From the run's process. The last is `done`, `measured`, `inspected` or `failed`. */
export type FromRun =
  | { type: 'phase'; phase: RunPhase }
  | { type: 'event'; event: TrainingEvent }
  /** What a person is to know, in a sentence. */
  | { type: 'notice'; text: string }
  | { type: 'done'; result: RunResult; timings: Timings }
  | { type: 'measured'; inference: Timings['inference'] | null }
  | { type: 'inspected'; network: Network }
  | { type: 'failed'; error: string };
