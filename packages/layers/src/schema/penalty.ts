import { z } from 'zod';

const factor = z.number().min(0).default(0);

/** What is added to the loss for a weight w: l1 · Σ|w| + l2 · Σw², as tf.layers' `regularizers.l1l2`. */
export const penaltyArg = (of: string) =>
  z
    .strictObject({
      l1: factor.describe('Factor of the sum of magnitudes.'),
      l2: factor.describe('Factor of the sum of squares.'),
    })
    .optional()
    .describe(`Added to the loss for the ${of}: l1 · Σ|w| + l2 · Σw². Nothing if left out.`);

/** What is added to the loss for a layer's output y: (l1 · Σ|y| + l2 · Σy²) / examples, as Keras. */
export const activityPenaltyArg = z
  .strictObject({
    l1: factor.describe('Factor of the sum of magnitudes.'),
    l2: factor.describe('Factor of the sum of squares.'),
  })
  .optional()
  .describe('Added to the loss for the output: (l1 · Σ|y| + l2 · Σy²) / examples in the batch. Nothing if left out.');

/**
 * The key of a saved config that holds a stock class's `activityRegularizer`. Under its own name tf.layers would throw; what
 * it does not know it passes over, so that the model loads there too, without the penalty.
 */
export const SAVED_ACTIVITY_PENALTY = 'activityPenalty';

export type Penalty = NonNullable<z.infer<ReturnType<typeof penaltyArg>>>;
