import {
  type AnalysisRequest,
  type Difference,
  type Environment,
  explainRerun,
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
  /** Analyses that it lacks; they are added without training. */
  missing: AnalysisRequest[];
}

/** Says of one planned run whether it is done, and if not, what changed. */
export function readRunState(folder: string, config: RunConfig, environment: Environment): RunState {
  const finished = readFinishedRun(folder);
  if (finished === null) return { finished, differences: [], missing: [] };
  const { run } = finished;
  const changed = explainRerun({ ...run, backend: run.backend.name }, config, environment);
  return { finished, differences: changed, missing: missingAnalyses(folder, finished, config.analysis) };
}
