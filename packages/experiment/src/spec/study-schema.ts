import { augmentSchema, datasetSchema } from '@ablate/datasets/schema';
import { backendRequestSchema } from '@ablate/tensor-backends/schema';
import { trainingSchema } from '@ablate/training/schema';
import { z } from 'zod';
import { authoredAnalysesSchema } from './analyses.ts';
import { claimsSchema } from './claims.ts';
import { matchSchema } from './match-variant.ts';
import { pluginsSchema } from './plugins.ts';
import { SPEC_VERSION } from './spec-version.ts';
import { workersSchema } from './workers.ts';

/** The seeds that a study's variants are run with. */
export const seedsSchema = z
  .array(z.int().min(0).max(Number.MAX_SAFE_INTEGER))
  .min(1)
  .superRefine((seeds, context) => {
    for (const [index, seed] of seeds.entries()) {
      if (seeds.indexOf(seed) === index) continue;
      context.addIssue({ code: 'custom', path: [index], message: `seed ${seed} is already in the list; keep one` });
    }
  })
  .describe('Each variant is run once with each seed: whole numbers from 0, without repetition. Default [1].');

const title = z.string().min(1).describe('What reports call it.');

/** A study, its variables filled in. `variables` and `variants` are read on their own. */
export const studySchema = z.strictObject({
  spec: z.literal(SPEC_VERSION).describe('Version of the spec that the file is written in.'),
  extends: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe('Files that this one is laid over, left to right; paths are relative to this file.'),
  title: title.optional(),
  description: z.string().optional().describe('Why the study is made, and what to expect.'),
  plugins: pluginsSchema.default([]),
  backend: backendRequestSchema.default('auto'),
  workers: workersSchema.default('auto'),
  seeds: seedsSchema.default([1]),
  dataset: datasetSchema,
  training: trainingSchema.prefault({}),
  match: matchSchema.optional(),
  architecture: z.unknown().optional().describe('What every variant is laid over.'),
  variables: z.unknown().optional(),
  variants: z.unknown().optional(),
  unfair: z
    .array(z.string())
    .default([])
    .describe(
      'Paths of `training` in which variants may differ, such as training.epochs, `match`, and dataset.augment.',
    ),
  analysis: authoredAnalysesSchema.default([]),
  claims: claimsSchema.default([]),
});

/** What a variant may say of the data: what is read and measured stays the same. */
export const variantDatasetSchema = z.strictObject({
  augment: augmentSchema
    .nullable()
    .optional()
    .describe('Instead of that of the study; null is none. `unfair` must list dataset.augment.'),
});

/** One variant, laid over the study. Its parts are checked on their own. */
export const variantSchema = z.strictObject({
  title: title.optional(),
  architecture: z.unknown().optional().describe('A family by name, or layers.'),
  training: z.unknown().optional().describe('What differs from the study; each path must be listed under `unfair`.'),
  dataset: variantDatasetSchema
    .optional()
    .describe('How its training images are varied, where the study does it otherwise.'),
  match: z
    .unknown()
    .optional()
    .describe('What differs from the study; null leaves the network as it is. `unfair` must list it.'),
});
