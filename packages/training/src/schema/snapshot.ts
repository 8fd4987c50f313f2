import { z } from 'zod';
import { TrainingError } from '../training-error.ts';

const count = z.int().min(0);
const score = z.strictObject({ loss: z.number(), accuracy: z.number() });
const scores = z.strictObject({ train: score, validation: score.optional() });
const values = z.record(
  z.string(),
  z.custom<Float32Array>((value) => value instanceof Float32Array),
);

/** Everything that continues a run to the bit, beside its model, examples and recipe: plain values, made to be cloned and written. */
export const snapshotSchema = z.strictObject({
  /** Of the run: order, masks and augmentation follow from it and from the step. */
  seed: count,
  stepsPerEpoch: z.int().min(1),
  /** Whole epochs, measured. */
  epochs: count,
  /** After the last of them. */
  scores: scores.optional(),
  /** Wall-clock seconds of the training steps of whole epochs. */
  seconds: z.number().min(0),
  /** Sums over the steps of the epoch under way. `seconds` is wall-clock time, which nothing but `timing` depends on. */
  running: z.strictObject({ loss: z.number(), correct: z.number(), seconds: z.number().min(0) }),
  /** All of the model's, flat, by path; not the average. */
  weights: values,
  optimizer: z.strictObject({ steps: count, slots: values }),
  /** Where the recipe has `ema`. */
  average: z.strictObject({ updates: count, slots: values }).optional(),
  reactions: z.strictObject({
    plateau: z.strictObject({ factor: z.number(), best: z.number().nullable(), badEpochs: count, cooldown: count }),
    earlyStopping: z.strictObject({
      best: z.strictObject({ value: z.number(), epoch: z.int().min(1) }).nullable(),
      wait: count,
    }),
    /** Where early stopping is to put the best weights back, once there are any. */
    best: z.strictObject({ scores, weights: values }).optional(),
  }),
});
export type Snapshot = z.output<typeof snapshotSchema>;

/** Whether a run with this seed and length of epochs can have taken the snapshot, and it is whole. @throws TrainingError */
export function checkSnapshot(snapshot: Snapshot, run: { seed: number; stepsPerEpoch: number; epochs: number }): void {
  const { error } = snapshotSchema.safeParse(snapshot);
  if (error !== undefined) throw new TrainingError(`snapshot: must be whole; ${z.prettifyError(error)}`);
  for (const key of ['seed', 'stepsPerEpoch'] as const) {
    if (snapshot[key] === run[key]) continue;
    throw new TrainingError(
      `snapshot: must be of a run with the same ${key} (=${run[key]}); received ${snapshot[key]}. Use a snapshot of the same run.`,
    );
  }
  const { epochs, scores: last, optimizer, stepsPerEpoch } = snapshot;
  const inside = optimizer.steps - epochs * stepsPerEpoch;
  if (inside < 0 || inside > stepsPerEpoch || (last === undefined) !== (epochs === 0)) {
    throw new TrainingError(
      `snapshot: its steps (=${optimizer.steps}) must lie in the epoch after ${epochs} of ${stepsPerEpoch} steps, with scores from the first on. It is damaged.`,
    );
  }
  if (epochs > run.epochs || (epochs === run.epochs && inside > 0)) {
    throw new TrainingError(
      `snapshot: must be of at most the ${run.epochs} epochs of the run; received one after ${epochs}. Use more epochs.`,
    );
  }
}
