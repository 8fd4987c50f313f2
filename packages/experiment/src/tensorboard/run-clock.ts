import type { TrainingEvent } from '@ablate/training/schema';

/** When what a run said happened, in seconds since 1970. */
export interface RunClock {
  /** After that many steps. */
  step(step: number): number;
  /** After the evaluation of an epoch, from 1. */
  epoch(epoch: number): number;
  /** After the last epoch that was told of. */
  last: number;
}

interface Epoch {
  /** Steps before it and after it. */
  from: number;
  to: number;
  trainSeconds: number;
  evaluateSeconds: number;
  endedAt: number;
}

/**
 * Times from those that a run recorded: an epoch's steps lie evenly in the time that it trained, which ends where its
 * evaluation begins. Between epochs the run may have been interrupted. Steps of an epoch that never ended go on at the pace
 * of the one before.
 *
 * @param fallback Everything's time, where no epoch has ended.
 */
export function runClock(events: readonly TrainingEvent[], fallback: number): RunClock {
  const epochs = epochsOf(events);
  const last = epochs.at(-1);
  return {
    step(step) {
      const epoch = epochs.find(({ to }) => step <= to) ?? last;
      if (epoch === undefined) return fallback;
      const { from, to, trainSeconds, evaluateSeconds, endedAt } = epoch;
      const trainedAt = step > to ? endedAt : endedAt - evaluateSeconds;
      return trainedAt - (trainSeconds * (to - step)) / (to - from);
    },
    epoch: (epoch) => epochs[epoch - 1]?.endedAt ?? fallback,
    last: last?.endedAt ?? fallback,
  };
}

function epochsOf(events: readonly TrainingEvent[]): Epoch[] {
  const times = events.filter((event) => event.type === 'timing');
  const steps = events.flatMap((event) => (event.type === 'epoch' ? event.step : []));
  return times.flatMap((time, index) => {
    const to = steps[index];
    return to === undefined ? [] : [{ ...time, from: steps[index - 1] ?? 0, to }];
  });
}
