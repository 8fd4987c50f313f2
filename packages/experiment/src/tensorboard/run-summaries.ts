import type { TrainingEvent } from '@ablate/training/schema';
import type { Summary } from './event-file.ts';
import { probeSummaries } from './probe-summaries.ts';
import type { RunClock } from './run-clock.ts';

type Tagged = [tag: string, value: number];

/**
 * What a run said, as TensorBoard shows it: `step/…`, `epoch/…`, and what its probes saw. Numbers that are not finite are
 * left out.
 */
export function runSummaries(events: readonly TrainingEvent[], clock: RunClock): Summary[] {
  return events
    .flatMap((event): Summary[] => {
      if (!('step' in event)) return [];
      if (event.type === 'probe') return probeSummaries(event, clock);
      const { step } = event;
      const wallTime = event.type === 'epoch' ? clock.epoch(event.epoch) : clock.step(step);
      return scalarsOf(event).map(([tag, scalar]): Summary => ({ tag, step, wallTime, scalar }));
    })
    .filter((summary) => !('scalar' in summary) || Number.isFinite(summary.scalar));
}

function scalarsOf(event: TrainingEvent): Tagged[] {
  switch (event.type) {
    case 'step':
      return [
        ['step/loss', event.loss],
        ['step/accuracy', event.accuracy],
        ['step/learning-rate', event.learningRate],
      ];
    case 'epoch':
      return (['running', 'train', 'validation'] as const).flatMap((part): Tagged[] => {
        const score = event[part];
        if (score === undefined) return [];
        return [
          [`epoch/${part}-loss`, score.loss],
          [`epoch/${part}-accuracy`, score.accuracy],
        ];
      });
    default:
      return [];
  }
}
