import { z } from 'zod';
import { augmentSchema } from './augmentations.ts';

const atLeastOne = z.int().min(1);

const perChannel = <Item extends z.ZodType<number>>(item: Item) => z.union([item, z.array(item).min(1)]);

/** Options that every data set takes, spread into its strict object. */
export const commonOptions = {
  limit: z
    .union([
      atLeastOne.describe('At most this many training examples, and at most this many test examples.'),
      z.strictObject({
        train: atLeastOne.optional().describe('At most this many training examples.'),
        test: atLeastOne.optional().describe('At most this many test examples.'),
      }),
    ])
    .optional()
    .describe('Use a part of the data only, with the classes in proportion. Applied before the split.'),
  split: z
    .strictObject({
      validation: z
        .number()
        .min(0)
        .lt(1)
        .default(0)
        .describe('Part of the training data that is kept for validation, 0 to below 1. Default 0.'),
    })
    .prefault({})
    .describe('How the training data is divided, with the classes in proportion.'),
  normalize: z
    .union([
      z
        .enum(['standard', 'none'])
        .describe(
          '`standard`: mean 0 and standard deviation 1 for each channel, fitted on the training part; `none`: pixels from 0 to 1.',
        ),
      z.strictObject({
        mean: perChannel(z.number()).describe('Subtracted from pixels of 0 to 1: one number, or one for each channel.'),
        std: perChannel(z.number().positive()).describe(
          'Then divides them: one number above 0, or one for each channel.',
        ),
      }),
    ])
    .default('standard')
    .describe('How pixels, scaled to 0 to 1, become inputs. Default `standard`.'),
  augment: augmentSchema.optional(),
};

/** Options of data sets that are published as files, spread into their strict objects. */
export const storedOptions = {
  path: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The folder or archive that holds the data, relative to the file that says so. Default: where data is looked for.',
    ),
  download: z
    .boolean()
    .optional()
    .describe('Whether it may be fetched from where it is published if it is nowhere else. Default false.'),
};

/** The options that every data set takes, with their defaults filled in. */
export type CommonOptions = z.output<z.ZodObject<typeof commonOptions, z.core.$strict>>;
