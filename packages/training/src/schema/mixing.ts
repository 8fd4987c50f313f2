import { z } from 'zod';

const alpha = (value: number) =>
  z
    .number()
    .positive()
    .default(value)
    .describe(
      'The share of each comes from Beta(alpha, alpha), above 0: near 0 hardly any mixing, 1 every share alike.',
    );

/** Fields of the recipe: training examples that are made of two. */
export const mixingFields = {
  mixup: z
    .strictObject({ alpha: alpha(0.2) })
    .optional()
    .describe('Examples and labels are blended with another of the batch (Zhang et al. 2018).'),
  cutmix: z
    .strictObject({ alpha: alpha(1) })
    .optional()
    .describe(
      'A box of the image comes from another of the batch, labels are shared by area (Yun et al. 2019). With mixup too, each example takes one of them.',
    ),
};
const mixingSchema = z.strictObject(mixingFields);
export type MixingSettings = z.output<typeof mixingSchema>;
