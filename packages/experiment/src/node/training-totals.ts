import type { TrainingEvent } from '@ablate/training/schema';
import type { RunMetrics, Timings } from '../schema/index.ts';

/** Scores of the last whole epoch; null where there was none. */
export function scoresOf(
  events: readonly TrainingEvent[],
): Omit<RunMetrics, 'testLoss' | 'testAccuracy' | 'generalizationGap'> | null {
  const last = events.findLast((event) => event.type === 'epoch');
  if (last === undefined) return null;
  return {
    trainLoss: last.train.loss,
    trainAccuracy: last.train.accuracy,
    ...(last.validation === undefined ? {} : { validationAccuracy: last.validation.accuracy }),
    runningAccuracy: last.running.accuracy,
  };
}

/** Sums over the epochs. */
export function timesOf(
  events: readonly TrainingEvent[],
): Pick<Timings, 'trainSeconds' | 'evaluateSeconds' | 'examplesPerSecond'> {
  let trainSeconds = 0;
  let evaluateSeconds = 0;
  let examples = 0;
  for (const event of events) {
    if (event.type !== 'timing') continue;
    trainSeconds += event.trainSeconds;
    evaluateSeconds += event.evaluateSeconds;
    examples += event.trainSeconds * event.examplesPerSecond;
  }
  return { trainSeconds, evaluateSeconds, examplesPerSecond: trainSeconds === 0 ? 0 : examples / trainSeconds };
}
