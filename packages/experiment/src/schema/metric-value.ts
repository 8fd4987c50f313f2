import type { MetricName } from '../spec/metrics.ts';
import type { RunResult, Timings } from './results.ts';

/** What one run left behind. */
export interface RunRecord {
  run: RunResult;
  /** Null where it ended before anything was timed. */
  timings: Timings | null;
}

/** The part of a {@link RunRecord} that metrics are read from. */
export interface MeasuredRun {
  run: Pick<RunResult, 'variant' | 'seed' | 'status' | 'metrics' | 'parameters' | 'macs'>;
  timings: Timings | null;
}

/** The value of a metric for a finished run; undefined where the run has not measured it. */
export function metricValue(name: MetricName, { run, timings }: MeasuredRun): number | undefined {
  switch (name) {
    case 'trainSeconds':
    case 'examplesPerSecond':
      return timings?.[name];
    case 'batchMilliseconds':
      return timings?.inference?.batch.median;
    case 'imageMilliseconds':
      return timings?.inference?.image.median;
    case 'parameters':
      return run.parameters.trainable;
    case 'macs':
      return run.macs;
    default:
      return run.metrics?.[name];
  }
}
