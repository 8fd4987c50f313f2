import { z } from 'zod';
import { isBetter, monitorSchema } from './monitor.ts';

/** Ends a run that has stopped getting better. */
export const earlyStoppingSchema = z
  .strictObject({
    monitor: monitorSchema
      .default('validationLoss')
      .describe('What is to get better: validationLoss, validationAccuracy, trainLoss or trainAccuracy.'),
    patience: z
      .int()
      .min(1)
      .default(5)
      .describe('The run ends after this many epochs in a row that were not better than the best before, from 1.'),
    minDelta: z.number().min(0).default(0).describe('By how much a value must beat the best to count, from 0.'),
    restoreBest: z
      .boolean()
      .default(true)
      .describe('At the end, also without an early stop, the weights of the best epoch are put back.'),
  })
  .describe('Ends the run when a metric has not got better for some epochs.');
export type EarlyStopping = z.output<typeof earlyStoppingSchema>;

/** Where early stopping is: plain JSON, for checkpoints. */
export interface EarlyStoppingState {
  /** The best value so far, and its epoch (from 1); null before the first. */
  best: { value: number; epoch: number } | null;
  /** Epochs since. */
  wait: number;
}

export const earlyStoppingStart: Readonly<EarlyStoppingState> = { best: null, wait: 0 };

/**
 * The state after an epoch whose monitored metric was `value`; the weights to keep are those of `state.best.epoch`, which
 * is this epoch where it is the best. Equal to Keras's EarlyStopping.
 */
export function earlyStoppingAfter(
  settings: EarlyStopping,
  state: Readonly<EarlyStoppingState>,
  epoch: number,
  value: number,
): { state: EarlyStoppingState; isBest: boolean; stop: boolean } {
  const isBest = state.best === null || isBetter(settings.monitor, value, state.best.value, settings.minDelta);
  const wait = isBest ? 0 : state.wait + 1;
  return { state: { best: isBest ? { value, epoch } : state.best, wait }, isBest, stop: wait >= settings.patience };
}
