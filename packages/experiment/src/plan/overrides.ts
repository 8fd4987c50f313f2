import {
  checkDataset,
  type DatasetSpec,
  datasetFacts,
  datasetSchema,
  type ImageListing,
} from '@ablate/datasets/schema';
import { type BackendRequest, backendRequestSchema } from '@ablate/tensor-backends/schema';
import { type TrainingRecipe, trainingSchema } from '@ablate/training/schema';
import { z } from 'zod';
import { OriginMap } from '../spec/origin.ts';
import { seedsSchema } from '../spec/study-schema.ts';
import { type WorkersRequest, workersSchema } from '../spec/workers.ts';
import type { Shard } from './shard.ts';
import { zodProblems } from '../spec/zod-problems.ts';

/** What a command line says over the study. */
export interface Overrides {
  /** The seeds instead of the study's. */
  seeds?: readonly number[];
  /** For every variant. */
  epochs?: number;
  /** At most this many training examples, and at most this many test examples. */
  limit?: number;
  backend?: BackendRequest;
  workers?: WorkersRequest;
  /** The variants to run, by name; all of them where it is absent. */
  variants?: readonly string[];
  /** The variants, or the runs by id such as `cnn/seed-1`. With `variants`, what both name. */
  only?: readonly string[];
  /** Of the runs that are left, those of one shard. */
  shard?: Shard;
}

/** A flag with a value that the study can't be run with. The message names the flags, one sentence a line. */
export class OverrideError extends Error {
  constructor(sentences: readonly string[]) {
    super([...new Set(sentences)].join('\n'));
    this.name = 'OverrideError';
  }
}

const overridesSchema = z.strictObject({
  seeds: seedsSchema.optional(),
  epochs: trainingSchema.shape.epochs.optional(),
  limit: z.int().min(1).optional(),
  backend: backendRequestSchema.optional(),
  workers: workersSchema.optional(),
  variants: z.array(z.string()).min(1).optional(),
  only: z.array(z.string()).min(1).optional(),
  shard: z
    .strictObject({ index: z.int(), count: z.int() })
    .refine(({ index, count }) => index >= 1 && index <= count, {
      error: ({ input }) => {
        const { index, count } = input as Shard;
        return `must be one of 1/${count} to ${count}/${count}; received ${index}/${count}`;
      },
    })
    .optional(),
});

/** What overrides apply to. */
export interface Overridable {
  dataset: DatasetSpec;
  /** What its folder holds, where it has one. */
  images?: ImageListing | undefined;
  trainings: readonly TrainingRecipe[];
}

/**
 * The data set and the trainings (in order) with the overrides laid over them.
 *
 * @throws OverrideError with everything that is wrong with the overrides.
 */
export function applyOverrides({ dataset, images, trainings }: Overridable, overrides: Overrides): Overridable {
  const checked = overridesSchema.safeParse(overrides);
  if (!checked.success) {
    const found = zodProblems(checked.error, new OriginMap(overrides), [], { schema: overridesSchema });
    throw new OverrideError(found.map(({ message }) => `--${message.replace(/^(seed|variant)s(\[\d+\])?/, '$1')}`));
  }
  const { epochs, limit } = overrides;
  const changed = {
    images,
    dataset: limit === undefined ? dataset : datasetSchema.parse({ ...dataset, limit }),
    trainings: epochs === undefined ? trainings : trainings.map((training) => ({ ...training, epochs })),
  };
  if (limit !== undefined) checkLimit(changed, limit);
  return changed;
}

function checkLimit({ dataset, images, trainings }: Overridable, limit: number): void {
  const { train } = datasetFacts(dataset, images).counts;
  const sentences = checkDataset(dataset, images).map(({ message }) => message);
  for (const { batchSize } of trainings) {
    if (batchSize <= train || train === 0) continue;
    sentences.push(
      `batchSize (=${batchSize}) must be at most the number of training examples (=${train}). Raise the limit.`,
    );
  }
  if (sentences.length > 0) throw new OverrideError(sentences.map((sentence) => `--limit ${limit}: ${sentence}`));
}
