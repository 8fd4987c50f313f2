import {
  type AnalysisRequest,
  type Difference,
  type Environment,
  explainRerun,
  isRecorded,
  type RunConfig,
} from '../schema/index.ts';
import { missingAnalyses } from './complete-run.ts';
import { type FinishedRun, readFinishedRun } from './finished-run.ts';

/** What a run's folder holds, compared with what is planned. */
export interface RunState {
  /** Null where the folder holds no finished run. */
  finished: FinishedRun | null;
  /** Why the finished run can't take the planned one's place; none: it can. */
  differences: Difference[];
  /** Nothing that decides the weights is among the differences. */
  sameWeights: boolean;
  /** Analyses that it lacks; they are added without training. */
  missing: AnalysisRequest[];
}

/** Says of one planned run whether it is done, and if not, what changed. */
export function readRunState(folder: string, config: RunConfig, environment: Environment): RunState {
  const finished = readFinishedRun(folder);
  if (finished === null) return { finished, differences: [], sameWeights: false, missing: [] };
  const { run } = finished;
  const changed = explainRerun({ ...run, backend: run.backend.name }, config, environment);
  const missing = missingAnalyses(folder, finished, config.analysis);
  // What is recorded while a run trains can't be added to it: it trains again, and reaches the same weights.
  const unrecorded = missing.filter(({ name }) => isRecorded(name));
  return {
    finished,
    differences: [...changed, ...unrecorded.map(({ name, options }) => ({ path: `analysis.${name}`, after: options }))],
    sameWeights: changed.length === 0,
    missing: missing.filter(({ name }) => !isRecorded(name)),
  };
}
