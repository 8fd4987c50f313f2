import { z } from 'zod';

/** Fields of the recipe: what happens to gradients before a step. */
export const gradientFields = {
  clipNorm: z
    .number()
    .positive()
    .optional()
    .describe('Gradients are scaled down so that the norm of all of them together is at most this; above 0.'),
  clipValue: z
    .number()
    .positive()
    .optional()
    .describe('Every value of a gradient is cut to −clipValue … clipValue, before clipNorm; above 0.'),
  accumulate: z
    .int()
    .min(1)
    .default(1)
    .describe(
      'Each batch is computed in this many micro-batches, one after another, whose gradients are added before one step: less memory, the same batchSize, steps and learning rate. The result differs only by rounding, except that batch normalization sees micro-batches.',
    ),
};
export type ClippingSettings = Partial<Record<'clipNorm' | 'clipValue', number>>;
