import { z } from 'zod';

const warmupSteps = z
  .int()
  .min(0)
  .default(0)
  .describe('Steps at the start over which the learning rate rises in a straight line to its full value; 0 is none.');

const constant = z
  .strictObject({ name: z.literal('constant'), warmupSteps })
  .describe('The same learning rate throughout.');

const cosine = z
  .strictObject({
    name: z.literal('cosine'),
    warmupSteps,
    finalFactor: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('What the learning rate falls to, as a share of its full value, from 0 to 1.'),
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

/** How the learning rate changes over a run. */
export const scheduleSchema = z.discriminatedUnion('name', [constant, cosine, multiStep]);
export type Schedule = z.output<typeof scheduleSchema>;

/**
 * The learning rate of a step.
 *
 * With w = warmupSteps: base · (step + 1) / w while step < w. After that `constant` is base; `cosine`, with p =
 * (step − w) / (totalSteps − w) and f = finalFactor, is base · (f + (1 − f) · (1 + cos πp) / 2); `multi-step` is
 * base · factor^m, m being the milestones with milestone · totalSteps ≤ step. Same values as PyTorch's
 * CosineAnnealingLR(T_max = totalSteps − w, eta_min = f · base) and MultiStepLR.
 *
 * @param step Steps before this one: 0 … totalSteps − 1.
 */
export function learningRateAt(schedule: Schedule, base: number, step: number, totalSteps: number): number {
  const { warmupSteps: warmup } = schedule;
  if (step < warmup) return (base * (step + 1)) / warmup;
  switch (schedule.name) {
    case 'constant':
      return base;
    case 'cosine': {
      const progress = (step - warmup) / (totalSteps - warmup);
      const { finalFactor } = schedule;
      return base * (finalFactor + ((1 - finalFactor) * (1 + Math.cos(Math.PI * progress))) / 2);
    }
    case 'multi-step': {
      const passed = schedule.milestones.filter((milestone) => milestone * totalSteps <= step).length;
      return base * schedule.factor ** passed;
    }
  }
}
