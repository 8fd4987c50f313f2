import { backendRequestSchema } from '@ablate/tensor-backends/schema';
import { z } from 'zod';
import { versionsSchema } from '../plan/environment.ts';
import { runConfigSchema } from '../plan/run-config.ts';

/*
 * The files under results/<experiment>/<variant>/seed-<n>/. Wall-clock values stand in timings.json alone, so that the
 * same seed gives the same run.json on the same machine.
 */

const share = z.number().min(0).max(1);
const count = z.int().min(0);
export const backendNameSchema = backendRequestSchema.exclude(['auto']);
const milliseconds = z.number().min(0);

/** The machine that a run was computed on. How busy it was with other work is not recorded. */
export const machineSchema = z.strictObject({
  cpu: z.string(),
  cores: z.int().min(1),
  node: z.string(),
  platform: z.string(),
});

/** What a network scored once it was trained. Accuracies are shares in [0, 1], losses means of the recipe's loss in nats. */
export const runMetricsSchema = z.strictObject({
  testLoss: z.number(),
  testAccuracy: share,
  /** In inference mode after training, on a fixed part of the training set. */
  trainLoss: z.number(),
  trainAccuracy: share,
  /** Where the data set has a validation split. */
  validationAccuracy: share.optional(),
  /** Mean over the last epoch's batches, dropout on, while the weights moved: not comparable with the others. */
  runningAccuracy: share,
  /** trainAccuracy − testAccuracy. */
  generalizationGap: z.number().min(-1).max(1),
  /** Where `roc` was asked for, and a class has examples. */
  macroAuc: share.optional(),
  /** Where `calibration` was asked for. */
  expectedCalibrationError: share.optional(),
  /** Where `gradient-flow` was asked for, and there are two kernels. */
  gradientRatio: z.number().min(0).optional(),
});
export type RunMetrics = z.output<typeof runMetricsSchema>;

/** run.json: what was run, where, and what came out. A run that is done has metrics, a failed one an error. */
export const runResultSchema = z
  .strictObject({
    version: z.literal(1),
    experiment: z.string(),
    /** The study's file as it was named. */
    file: z.string(),
    variant: z.string(),
    seed: count,
    /** Of all that decides the weights: the config, the backend that computed, the versions. */
    fingerprint: z.string(),
    config: runConfigSchema,
    versions: versionsSchema,
    machine: machineSchema,
    backend: z.strictObject({
      name: backendNameSchema,
      reason: z.string(),
      tfjs: z.string(),
      /** Whether products rounded once for a multiplication and its addition: the same bits only where this is equal. */
      fusedMultiplyAdd: z.boolean().default(false),
    }),
    parameters: z.strictObject({ trainable: count, total: count }),
    /** Multiply-accumulates of one forward pass of one example. */
    macs: count,
    metrics: runMetricsSchema.optional(),
    /** Hash of the final weights. */
    weightHash: z.string().optional(),
    /** Which of the recipe's budgets ended a run that is done before its last epoch. */
    stopped: z.enum(['maxSteps', 'maxTime']).optional(),
    /** Steps among those in metrics.jsonl whose loss leapt far above the median of those before it. Absent: none. */
    lossSpikes: z
      .array(z.strictObject({ step: count, loss: z.number(), expected: z.number() }))
      .min(1)
      .optional(),
    /** What the doctor found, a sentence each. Absent: nothing, or it was not asked. */
    findings: z.array(z.string()).min(1).optional(),
    /** `stopped`: ended early on request; what was trained until then is saved. */
    status: z.enum(['done', 'stopped', 'failed']),
    error: z.string().optional(),
  })
  .superRefine(({ status, metrics, weightHash, error }, context) => {
    const needed = { done: { metrics, weightHash }, stopped: {}, failed: { error } }[status];
    for (const [key, value] of Object.entries(needed)) {
      if (value === undefined) context.addIssue({ code: 'custom', path: [key], message: `a ${status} run has one` });
    }
  });
export type RunResult = z.output<typeof runResultSchema>;

/**
 * predictions.json: the classes of the test set and what the trained network takes them for, in the data's order. Beside
 * it lies probabilities.f32, the softmax of the logits as the network gave them: [examples, classes], float32, little-endian.
 */
export const predictionsSchema = z.strictObject({
  version: z.literal(1),
  classNames: z.array(z.string()),
  labels: z.array(count),
  predictions: z.array(count),
});
export type Predictions = z.output<typeof predictionsSchema>;

const latencySchema = z.strictObject({
  median: milliseconds,
  p95: milliseconds,
  /** With fewer than 100 rounds it lies between the two slowest. */
  p99: milliseconds,
  /** 95 % interval of the median. */
  interval: z.tuple([milliseconds, milliseconds]).readonly(),
  /** Forward passes at the start that do not count. */
  warmup: count,
  /** Forward passes that count. */
  rounds: z.int().min(1),
  /** Differences between models can't be told from these times. */
  noisy: z.boolean(),
});

const memorySchema = z.strictObject({
  tensors: count,
  /** Of the tensors' values. */
  tensorBytes: count,
  /** Of the WASM memory, which never shrinks; 0 on other backends. */
  heapBytes: count,
});

/** timings.json: every value of a run that depends on the clock or the machine. */
export const timingsSchema = z.strictObject({
  version: z.literal(1),
  /** Runs that went on at once; absent: it had the machine for itself. */
  runsAtOnce: z.int().min(2).optional(),
  /** Training steps of all epochs, without the evaluation after each. */
  trainSeconds: z.number().min(0),
  evaluateSeconds: z.number().min(0),
  /** Training examples a second, over all epochs. */
  examplesPerSecond: z.number().min(0),
  /**
   * What replica 0 held after one of its first steps, and after its last: the same numbers where training keeps nothing.
   * `peakBytes` is the most memory that the run's process had.
   */
  memory: z.strictObject({ early: memorySchema, end: memorySchema, peakBytes: count }).optional(),
  /** Milliseconds of a warm forward pass; absent where `timing` was not asked for. */
  inference: z
    .strictObject({
      batchSize: z.int().min(1),
      batch: latencySchema,
      image: latencySchema,
    })
    .optional(),
});
export type Timings = z.output<typeof timingsSchema>;
