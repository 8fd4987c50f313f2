import type { TrainingEvent } from '@ablate/training/schema';
import type { Histogram, Summary } from './event-file.ts';
import type { RunClock } from './run-clock.ts';

type Tagged = [tag: string, value: number];

/**
 * What a run said, as TensorBoard shows it: `step/…`, `epoch/…`, and of probes `gradient-flow/<quantity>/<weight>` and
 * `activations/<quantity>/<layer>`.
 */
export function runSummaries(events: readonly TrainingEvent[], clock: RunClock): Summary[] {
  return events.flatMap((event) => {
    if (!('step' in event)) return [];
    const { step } = event;
    const wallTime = event.type === 'epoch' ? clock.epoch(event.epoch) : clock.step(step);
    return scalarsOf(event)
      .filter(([, value]) => Number.isFinite(value))
      .map(([tag, scalar]): Summary => ({ tag, step, wallTime, scalar }));
  });
}

/** Thirty buckets of equal width between the extremes; values that are not finite are left out. */
export function histogramOf(values: Float32Array, buckets = 30): Histogram | null {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return null;
  let [min, max, sum, sumOfSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const value of finite) {
    [min, max] = [Math.min(min, value), Math.max(max, value)];
    sum += value;
    sumOfSquares += value * value;
  }
  const width = max > min ? (max - min) / buckets : 1;
  const counts = Array.from({ length: buckets }, () => 0);
  for (const value of finite) {
    const bucket = Math.min(buckets - 1, Math.floor((value - min) / width));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const limits = counts.map((_, bucket) => (bucket === buckets - 1 && max > min ? max : min + width * (bucket + 1)));
  return { min, max, count: finite.length, sum, sumOfSquares, limits, counts };
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
    case 'probe':
      return probeScalars(event);
    default:
      return [];
  }
}

/** Every number of every entry of a probe's list, under the name of its weight or layer. */
function probeScalars({ name, value }: Extract<TrainingEvent, { type: 'probe' }>): Tagged[] {
  const entries = Array.isArray(value) ? value : ((value as { layers?: unknown }).layers ?? []);
  return (entries as { weight?: string; layer?: string }[]).flatMap((entry) => {
    const subject = entry.weight ?? entry.layer ?? '';
    return Object.entries(entry).flatMap(([quantity, number]): Tagged[] =>
      typeof number === 'number' && quantity !== 'size' ? [[`${name}/${quantity}/${subject}`, number]] : [],
    );
  });
}
