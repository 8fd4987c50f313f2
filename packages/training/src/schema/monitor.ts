import { z } from 'zod';
import type { Score } from './events.ts';

/** What is watched after each epoch by what reacts to it: a plateau's schedule, early stopping. */
export const monitorSchema = z.enum(['validationLoss', 'validationAccuracy', 'trainLoss', 'trainAccuracy']);
export type Monitor = z.output<typeof monitorSchema>;

/** The scores of an epoch, as its event has them. */
export interface EpochScores {
  train: Score;
  validation?: Score;
}

/** The watched value; undefined where nothing was measured for it. */
export function monitored(monitor: Monitor, { train, validation }: EpochScores): number | undefined {
  const score = monitor.startsWith('train') ? train : validation;
  return monitor.endsWith('Loss') ? score?.loss : score?.accuracy;
}

/** Losses are to fall, accuracies to rise. */
export function isBetter(monitor: Monitor, value: number, than: number, margin = 0): boolean {
  return monitor.endsWith('Loss') ? value < than - margin : value > than + margin;
}
