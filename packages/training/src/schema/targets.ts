import { z } from 'zod';

/** What a model's logits are compared with. */
export const lossSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('cross-entropy') }).describe('Softmax cross-entropy.'),
  z
    .strictObject({ name: z.literal('binary-cross-entropy') })
    .describe('A sigmoid for each class, the mean over the classes of their cross-entropies.'),
  z
    .strictObject({
      name: z.literal('focal'),
      gamma: z
        .number()
        .min(0)
        .default(2)
        .describe('How much examples that are right already are turned down, from 0 (cross-entropy).'),
    })
    .describe('Focal loss (Lin et al. 2017) with softmax: (1 − p)^gamma · cross-entropy.'),
  z.strictObject({ name: z.literal('mse') }).describe('Mean squared difference of the logits from one-hot labels.'),
]);

export type LossSettings = z.output<typeof lossSchema>;

/** Fields of the recipe: the loss, and what is made of the labels. */
export const targetFields = {
  loss: lossSchema.prefault({ name: 'cross-entropy' }).describe('What a step makes smaller.'),
  labelSmoothing: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('This share of each target is spread evenly over all classes, from 0 to below 1 (Szegedy et al. 2016).'),
  classWeights: z
    .union([z.literal('balanced'), z.array(z.number().min(0)).min(2)])
    .optional()
    .describe(
      'What each class counts in the loss: a number for each, in the order of the classes, or balanced: examples / (classes · examples of the class).',
    ),
};
const targetSchema = z.strictObject(targetFields);
export type TargetSettings = z.output<typeof targetSchema>;
