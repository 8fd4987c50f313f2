import { z } from 'zod';
import { plateauSchema } from './plateau.ts';

const warmupSteps = z
  .int()
  .min(0)
  .default(0)
  .describe('Steps at the start over which the learning rate rises in a straight line to its full value; 0 is none.');

const finalFactor = z
  .number()
  .min(0)
  .max(1)
  .default(0)
  .describe('What the learning rate falls to, as a share of its full value, from 0 to 1.');

const constant = z
  .strictObject({ name: z.literal('constant'), warmupSteps })
  .describe('The same learning rate throughout.');

const cosine = z
  .strictObject({
    name: z.literal('cosine'),
    warmupSteps,
    finalFactor,
  })
  .describe('Half a cosine from the full learning rate down, over the whole run (Loshchilov and Hutter 2017).');

const multiStep = z
  .strictObject({
    name: z.literal('multi-step'),
    warmupSteps,
    milestones: z
      .array(z.number().gt(0).lt(1))
      .min(1)
      .default([0.5, 0.75])
      .describe('Where the rate falls, as shares of the run, between 0 and 1: [0.5, 0.75] as in the ResNet paper.'),
    factor: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.1)
      .describe('What the rate is multiplied by at each milestone, between 0 and 1.'),
  })
  .describe('The learning rate falls by a factor at each milestone.');

const polynomial = z
  .strictObject({
    name: z.literal('polynomial'),
    warmupSteps,
    power: z.number().positive().default(1).describe('Exponent of the fall, above 0; 1 is a straight line.'),
    finalFactor,
  })
  .describe('The learning rate falls as (1 − progress)^power over the whole run.');

const oneCycle = z
  .strictObject({
    name: z.literal('one-cycle'),
    warmupSteps,
    pctStart: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.3)
      .describe('Share of the run over which the learning rate rises, between 0 and 1.'),
    annealStrategy: z.enum(['cos', 'linear']).default('cos').describe('The form of rise and fall: cos or linear.'),
    divFactor: z
      .number()
      .min(1)
      .default(25)
      .describe('The rate starts at learningRate / divFactor, from 1; learningRate is its peak.'),
    finalDivFactor: z
      .number()
      .min(1)
      .default(10_000)
      .describe('The rate ends at learningRate / divFactor / finalDivFactor, from 1.'),
  })
  .describe('One rise and one fall (Smith and Topin 2018), as PyTorch’s OneCycleLR; momentum stays as it is.');

/** How the learning rate changes over a run. */
export const scheduleSchema = z.discriminatedUnion('name', [
  constant,
  cosine,
  multiStep,
  polynomial,
  oneCycle,
  plateauSchema,
]);
export type Schedule = z.output<typeof scheduleSchema>;

/**
 * The learning rate of a step.
 *
 * With w = warmupSteps: base · (step + 1) / w while step < w. After that, with p = (step − w) / (totalSteps − w) and
 * f = finalFactor:
 * - `constant`: base
 * - `cosine`: base · (f + (1 − f) · (1 + cos πp) / 2), PyTorch's CosineAnnealingLR
 * - `polynomial`: base · (f + (1 − f) · (1 − p)^power), PyTorch's PolynomialLR where f = 0
 * - `multi-step`: base · factor^m, m being the milestones with milestone · totalSteps ≤ step, PyTorch's MultiStepLR
 * - `plateau`: base · rateFactor
 * - `one-cycle`: PyTorch's OneCycleLR over totalSteps − w steps with max_lr = base
 *
 * @param step Steps before this one: 0 … totalSteps − 1.
 * @param rateFactor The `factor` of a plateau's state; other schedules don't look at it.
 */
export function learningRateAt(
  schedule: Schedule,
  base: number,
  step: number,
  totalSteps: number,
  rateFactor = 1,
): number {
  const { warmupSteps: warmup } = schedule;
  if (step < warmup) return (base * (step + 1)) / warmup;
  const progress = (step - warmup) / (totalSteps - warmup);
  switch (schedule.name) {
    case 'constant':
      return base;
    case 'cosine':
      return base * between(1, schedule.finalFactor, progress, 'cos');
    case 'polynomial': {
      const { finalFactor, power } = schedule;
      return base * (finalFactor + (1 - finalFactor) * (1 - progress) ** power);
    }
    case 'multi-step': {
      const passed = schedule.milestones.filter((milestone) => milestone * totalSteps <= step).length;
      return base * schedule.factor ** passed;
    }
    case 'plateau':
      return base * rateFactor;
    case 'one-cycle':
      return base * oneCycleFactor(schedule, step - warmup, totalSteps - warmup);
  }
}

/** PyTorch counts the peak as step pctStart · steps − 1 and the end as step steps − 1, both from 0; the first need not be whole. */
function oneCycleFactor(schedule: z.output<typeof oneCycle>, step: number, steps: number): number {
  const { pctStart, annealStrategy, divFactor, finalDivFactor } = schedule;
  const start = 1 / divFactor;
  const [peak, last] = [pctStart * steps - 1, steps - 1];
  if (step < peak) return between(start, 1, step / peak, annealStrategy);
  return between(1, start / finalDivFactor, (step - peak) / (last - peak), annealStrategy);
}

function between(from: number, to: number, progress: number, strategy: 'cos' | 'linear'): number {
  const way = strategy === 'cos' ? (1 - Math.cos(Math.PI * progress)) / 2 : progress;
  return from + (to - from) * way;
}
