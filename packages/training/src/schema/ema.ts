import { z } from 'zod';

/** Weights that are averaged over the steps; evaluation and the saved model take them. */
export const emaSchema = z
  .strictObject({
    decay: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.999)
      .describe('Share of the average that is kept at each step, between 0 and 1.'),
    warmup: z
      .boolean()
      .default(true)
      .describe(
        'The decay of step t (from 0) is at most (1 + t) / (10 + t), so that the first weights are soon forgotten.',
      ),
  })
  .describe('An exponential moving average of the weights, which is what is evaluated and saved.');
export type EmaSettings = z.output<typeof emaSchema>;
