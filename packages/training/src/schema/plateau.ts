import { z } from 'zod';
import { isBetter, monitorSchema } from './monitor.ts';

/** A learning rate that falls when a metric stops getting better. */
export const plateauSchema = z
  .strictObject({
    name: z.literal('plateau'),
    warmupSteps: z
      .int()
      .min(0)
      .default(0)
      .describe(
        'Steps at the start over which the learning rate rises in a straight line to its full value; 0 is none.',
      ),
    monitor: monitorSchema
      .default('validationLoss')
      .describe('What is to get better: validationLoss, validationAccuracy, trainLoss or trainAccuracy.'),
    factor: z.number().gt(0).lt(1).default(0.1).describe('What the rate is multiplied by, between 0 and 1.'),
    patience: z.int().min(0).default(10).describe('Epochs without getting better that are let pass, from 0.'),
    threshold: z.number().min(0).default(1e-4).describe('By how much a value must beat the best to count, from 0.'),
    thresholdMode: z
      .enum(['relative', 'absolute'])
      .default('relative')
      .describe('Whether the threshold is a share of the best value (relative), or a difference from it (absolute).'),
    cooldown: z.int().min(0).default(0).describe('Epochs after a fall in which nothing is counted, from 0.'),
    finalFactor: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe('What the learning rate falls to at the least, as a share of its full value, from 0 to below 1.'),
  })
  .describe(
    'The learning rate falls by a factor when a metric has not got better for some epochs (ReduceLROnPlateau).',
  );
export type PlateauSchedule = z.output<typeof plateauSchema>;

/** Where a plateau's schedule is: plain JSON, for checkpoints. */
export interface PlateauState {
  /** The learning rate as a share of its full value. */
  factor: number;
  /** The best value so far; null before the first. */
  best: number | null;
  badEpochs: number;
  cooldown: number;
}

export const plateauStart: Readonly<PlateauState> = { factor: 1, best: null, badEpochs: 0, cooldown: 0 };

/**
 * The state after an epoch whose monitored metric was `value`, in the formulas of PyTorch's ReduceLROnPlateau (a fall of
 * less than 1e-8 is not made).
 *
 * @param base The full learning rate.
 */
export function plateauAfter(
  schedule: PlateauSchedule,
  state: Readonly<PlateauState>,
  value: number,
  base: number,
): PlateauState {
  const next = { ...state };
  if (state.best === null || improves(schedule, value, state.best)) {
    next.best = value;
    next.badEpochs = 0;
  } else {
    next.badEpochs++;
  }
  if (state.cooldown > 0) {
    next.cooldown--;
    next.badEpochs = 0;
  }
  if (next.badEpochs > schedule.patience) {
    const factor = Math.max(state.factor * schedule.factor, schedule.finalFactor);
    if (base * (state.factor - factor) > 1e-8) next.factor = factor;
    next.cooldown = schedule.cooldown;
    next.badEpochs = 0;
  }
  return next;
}

function improves({ monitor, threshold, thresholdMode }: PlateauSchedule, value: number, best: number): boolean {
  const margin = thresholdMode === 'absolute' ? threshold : threshold * best;
  return isBetter(monitor, value, best, margin);
}
