import { z } from 'zod';
import { versionsSchema } from '../plan/environment.ts';
import { claimSchema } from '../spec/claims.ts';
import { workersSchema } from '../spec/workers.ts';
import { backendNameSchema, machineSchema } from './results.ts';

const count = z.int().min(0);

/** Medians over runs; `noisy` where one of them was. */
const latencySchema = z.strictObject({ median: z.number(), p95: z.number(), p99: z.number(), noisy: z.boolean() });

/** A metric over the seeds of a variant. */
export const estimateSchema = z.strictObject({
  mean: z.number(),
  /** Ends of the 95 % confidence interval of the mean (Student's t over seeds); absent with fewer than two. */
  low: z.number().optional(),
  high: z.number().optional(),
  /** One value for each finished run, in the order of `seeds`. */
  values: z.array(z.number()).min(1),
});
export type Estimate = z.output<typeof estimateSchema>;

/** What is known of a variant from its finished runs. Medians are over runs; measures that no run has are absent. */
export const comparedVariantSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  parameters: z.strictObject({ trainable: count, total: count }),
  macs: count,
  /**
   * What an element of the network's output sees of the input, in pixels; `global` where it sees everything, through a
   * dense layer or a global pooling: `size` is then the value as if those saw their own place alone.
   */
  receptiveField: z.strictObject({ size: z.tuple([count, count]), global: z.boolean() }),
  runs: z.strictObject({ done: count, stopped: count, failed: count }),
  /** Seeds of the finished runs. */
  seeds: z.array(count),
  /** What to know of the finished runs beside their metrics: budgets that were spent, losses that leapt, what the doctor found. Absent: nothing. */
  notes: z
    .array(z.strictObject({ seed: count, note: z.string() }))
    .min(1)
    .optional(),
  /** Of the finished runs. */
  epochs: z.int().min(1).optional(),
  batchSize: z.int().min(1).optional(),
  /** Steps whose loss leapt (`lossSpikes` of `@ablate/analysis`), for each finished run, in the order of `seeds`. */
  lossSpikes: z.array(count).optional(),
  testAccuracy: estimateSchema.optional(),
  testLoss: estimateSchema.optional(),
  validationAccuracy: estimateSchema.optional(),
  trainAccuracy: estimateSchema.optional(),
  trainLoss: estimateSchema.optional(),
  runningAccuracy: estimateSchema.optional(),
  generalizationGap: estimateSchema.optional(),
  macroAuc: estimateSchema.optional(),
  gradientRatio: estimateSchema.optional(),
  expectedCalibrationError: estimateSchema.optional(),
  /** Most runs that went on at once while times were taken; absent: each had the machine for itself. */
  runsAtOnce: z.int().min(2).optional(),
  trainSeconds: z.number().optional(),
  examplesPerSecond: z.number().optional(),
  /** Milliseconds. */
  inference: z
    .strictObject({
      batchSize: z.int().min(1),
      batch: latencySchema,
      image: latencySchema,
    })
    .optional(),
});
export type ComparedVariant = z.output<typeof comparedVariantSchema>;

/** A claim of the study, and what the runs say of it. */
export const judgedClaimSchema = claimSchema.extend({
  verdict: z.enum(['held', 'not held', 'undecided']),
  /** Why it is undecided. */
  reason: z.string().optional(),
  /**
   * Of `better` minus `than`, in the metric's unit, over the seeds that both have; null where there are none. `p` is
   * two-sided, of a difference of exactly `by`, and not corrected for several claims; the interval has the claim's level.
   * Null: too few seeds, or no spread.
   */
  difference: z
    .strictObject({
      mean: z.number(),
      low: z.number().nullable(),
      high: z.number().nullable(),
      p: z.number().nullable(),
      pairs: z.int().min(1),
    })
    .nullable(),
});
export type JudgedClaim = z.output<typeof judgedClaimSchema>;

/** What computed finished runs. */
export const runEnvironmentSchema = z.strictObject({
  machine: machineSchema,
  backend: backendNameSchema,
  workers: workersSchema,
  versions: versionsSchema,
});
export type RunEnvironment = z.output<typeof runEnvironmentSchema>;

/** comparison.json of an experiment: variants in the order of the study. */
export const comparisonSchema = z.strictObject({
  version: z.literal(1),
  experiment: z.string(),
  title: z.string(),
  /** Examples of each part, after `limit` and `split`. */
  data: z.strictObject({ name: z.string(), train: count, validation: count, test: count }),
  /** What computed the finished runs, without repetition: where there are several, times are not of one machine. */
  environments: z.array(runEnvironmentSchema),
  /** Paths in which variants were not trained alike; the study lists them. */
  unfair: z.array(z.string()),
  variants: z.array(comparedVariantSchema),
  /** In the order of the study. */
  claims: z.array(judgedClaimSchema),
});
export type Comparison = z.output<typeof comparisonSchema>;
