import type { Histogram } from '@ablate/analysis/schema';
import type { TrainingEvent } from '@ablate/training/schema';
import { activationsOf, weightFlowsOf } from '../schema/probe-values.ts';
import type { Summary } from './event-file.ts';
import type { RunClock } from './run-clock.ts';

type ProbeEvent = Extract<TrainingEvent, { type: 'probe' }>;

/**
 * What a probe saw of a step: every number as `<probe>/<quantity>/<weight or layer>`, and where histograms were kept
 * `gradients/<weight>`, `activations/<layer>` and `weights/<weight>`, which are those that the step before left.
 */
export function probeSummaries(event: ProbeEvent, clock: RunClock): Summary[] {
  const { step } = event;
  const wallTime = clock.step(step);
  const numbers = numbersOf(event).map(([tag, scalar]): Summary => ({ tag, step, wallTime, scalar }));
  const histograms = histogramsOf(event).flatMap(([tag, at, histogram]): Summary[] =>
    histogram === null ? [] : [{ tag, step: at, wallTime: clock.step(at), histogram }],
  );
  return [...numbers, ...histograms];
}

function numbersOf({ name, value }: ProbeEvent): [tag: string, value: number][] {
  const entries = Array.isArray(value) ? value : ((value as { layers?: unknown }).layers ?? []);
  return (entries as { weight?: string; layer?: string }[]).flatMap((entry) => {
    const subject = entry.weight ?? entry.layer ?? '';
    return Object.entries(entry).flatMap(([quantity, number]): [string, number][] =>
      typeof number === 'number' && quantity !== 'size' ? [[`${name}/${quantity}/${subject}`, number]] : [],
    );
  });
}

function histogramsOf({ name, step, value }: ProbeEvent): [tag: string, step: number, Histogram | null][] {
  if (name === 'gradient-flow') {
    return weightFlowsOf(value).flatMap(({ weight, histograms }) =>
      histograms === undefined
        ? []
        : [
            [`weights/${weight}`, step - 1, histograms.weight],
            [`gradients/${weight}`, step, histograms.gradient],
          ],
    );
  }
  if (name !== 'activations') return [];
  return activationsOf(value).layers.flatMap(({ layer, histogram }) =>
    histogram === undefined ? [] : [[`activations/${layer}`, step, histogram]],
  );
}
