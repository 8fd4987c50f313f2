import type { BackendName } from '@ablate/tensor-backends/schema';
import { z } from 'zod';

/** What computed a run. */
export const versionsSchema = z.strictObject({
  /** Hash of the packages that compute: random, tensor-backends, datasets, layers, architectures, training. */
  code: z.string(),
  /** Version of TensorFlow.js. */
  tfjs: z.string(),
  /** Hash of the files of the data set; null for data that is made where it runs. Absent: not known. */
  data: z.string().nullable().optional(),
});
export type Versions = z.output<typeof versionsSchema>;

/** What the weights of a run depend on beside its config. */
export interface Environment {
  versions: Versions;
  /** What `backend: auto` stands for here. */
  auto: BackendName;
  /** The number of cores: `workers: auto` stands for no more of them than a step has work for. */
  workers: number;
}

/** The part of an {@link Environment} that is known. What `auto` stands for matters to configs that say `auto` alone. */
export type KnownEnvironment = Pick<Environment, 'versions'> & Partial<Environment>;
