import { lossSpikes } from '@ablate/analysis/schema';
import type { TrainingEvent } from '@ablate/training/schema';
import type { RunMetrics, RunResult, Timings } from '../schema/index.ts';

/** Scores of the epoch whose weights the run ended with: the last whole one, or that which was put back; null where there was none. */
export function scoresOf(
  events: readonly TrainingEvent[],
): Omit<RunMetrics, 'testLoss' | 'testAccuracy' | 'generalizationGap'> | null {
  const end = events.findLast((event) => event.type === 'end');
  const restored = end?.earlyStopping?.restored === true ? end.earlyStopping.epoch : undefined;
  const last = events.findLast(
    (event) => event.type === 'epoch' && (restored === undefined || event.epoch === restored),
  );
  if (last?.type !== 'epoch') return null;
  return {
    trainLoss: last.train.loss,
    trainAccuracy: last.train.accuracy,
    ...(last.validation === undefined ? {} : { validationAccuracy: last.validation.accuracy }),
    runningAccuracy: last.running.accuracy,
  };
}

/** What ended the run before its last epoch, where it was the recipe's budget. */
export function spentBudgetOf(events: readonly TrainingEvent[]): Pick<RunResult, 'stopped'> {
  const end = events.findLast((event) => event.type === 'end');
  return end?.stopped === undefined || end.stopped === 'requested' ? {} : { stopped: end.stopped };
}

/** Steps whose loss leapt, among those that were told of. */
export function lossSpikesOf(events: readonly TrainingEvent[]): Pick<RunResult, 'lossSpikes'> {
  const steps = events.filter((event) => event.type === 'step');
  const spikes = lossSpikes(steps.map(({ loss }) => loss)).flatMap(({ index, loss, expected }) => {
    const at = steps[index];
    return at === undefined ? [] : [{ step: at.step, loss, expected }];
  });
  return spikes.length === 0 ? {} : { lossSpikes: spikes };
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
