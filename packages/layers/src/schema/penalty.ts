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

/** Regularizers of these factors alone: tf.layers writes the first, Keras any. */
const regularizers: readonly unknown[] = ['L1L2', 'L1', 'L2'];

/**
 * The penalty of a regularizer in a saved config with camel-case keys; also of the factors alone, as layers of our own
 * names save them. Its values are still to be checked by the schema.
 *
 * @returns undefined for a regularizer of another formula.
 */
export function savedPenalty(value: unknown): Penalty | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { className, config } = value as Record<string, unknown>;
  if (className !== undefined && !regularizers.includes(className)) return undefined;
  const factors = className === undefined ? value : config;
  return typeof factors === 'object' && factors !== null ? { l1: 0, l2: 0, ...factors } : undefined;
}

export type Penalty = NonNullable<z.infer<ReturnType<typeof penaltyArg>>>;
