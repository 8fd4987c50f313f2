import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { inputTensor } from './batch.ts';
import { clipGradients } from './gradient-clipping.ts';
import { GradientSum } from './gradient-sum.ts';
import type { Optimizer } from './optimizer.ts';
import type { StepWatch } from './probe.ts';
import type { Replica } from './replica.ts';
import { penaltiesOf } from './penalties.ts';
import { sayingWhatFailed, sizeText } from './saying-what-failed.ts';
import type { ClippingSettings } from './schema/gradients.ts';
import type { PartLoss, StepLoss } from './step-loss.ts';
import type { StepPart } from './step-parts.ts';
import { TrainingError } from './training-error.ts';

/** What a step measured over the whole batch, before its update. */
export interface StepOutcome {
  /** Mean loss of the batch, without penalties. */
  loss: number;
  /** Loss and penalties (regularizers): what the step made smaller. */
  objective: number;
  /** Rows whose largest logit was their label's: where two were mixed, that with the larger share. */
  correct: number;
}

/** Where in a run a step is, and what it is to do. */
export interface StepPlace {
  /** Shape of one example. */
  shape: readonly number[];
  seed: number;
  /** Steps of this run before this one. */
  step: number;
  learningRate: number;
  /** Rows of the whole batch. */
  rows: number;
  lossOf: StepLoss;
  clipping: ClippingSettings;
  /** Sees the gradients, and what the step does to the weights. */
  watch?: StepWatch | undefined;
}

/**
 * Forward and backward on the parts that this replica has of a batch, then one update by the gradients of all parts of all
 * replicas, clipped. Layers that draw random numbers find `random: { seed, step, row }` in the kwargs of their `call`.
 *
 * @param parts Equally many in each replica; they may be empty.
 * @param check Awaited with what was measured before the weights are changed; it may throw to stop, in every replica.
 * @throws TrainingError where gradients are clipped by a norm that is not finite, or a part does not fit in the backend's
 *   memory; the weights are as they were.
 */
export async function trainStep(
  model: LayersModel,
  optimizer: Optimizer,
  replica: Replica,
  parts: readonly StepPart[],
  place: StepPlace,
  check: (outcome: StepOutcome) => Promise<void>,
): Promise<StepOutcome> {
  const sum = new GradientSum();
  let gradients: tf.NamedTensorMap = {};
  try {
    const losses = place.lossOf.of(parts, place.rows, replica);
    const sums = new Float64Array(3);
    for (const [i, part] of parts.entries()) {
      // Penalties of weights don't belong to rows: they are added once.
      const ofWeights = i === 0 && replica.index === 0;
      const options = { lossOf: losses[i] as PartLoss, ofWeights };
      const what = `fit: a step on ${sizeText(place.rows, place.shape)}, ${part.batch.rows} at once`;
      const { scalars, grads } = sayingWhatFailed(what, () =>
        forwardAndBackward(model, optimizer, part, place, options),
      );
      sum.add(grads);
      for (const [k, scalar] of (await valuesOf(scalars)).entries()) sums[k] = (sums[k] as number) + scalar;
    }
    replica.sum(sums);
    const [loss = 0, objective = 0, correct = 0] = sums;
    const outcome = { loss, objective, correct };
    await check(outcome);
    gradients = sum.take();
    replica.sumTensors(optimizer.variables.flatMap(({ name }) => gradients[name] ?? []));
    await place.watch?.before(gradients);
    const clipped = await clipGradients(gradients, place.clipping);
    gradients = clipped.gradients;
    checkNorm(clipped.norm, place);
    optimizer.step(gradients, place.learningRate);
    await place.watch?.after();
    return outcome;
  } finally {
    sum.dispose();
    tf.dispose(gradients);
  }
}

function forwardAndBackward(
  model: LayersModel,
  optimizer: Optimizer,
  { row, batch }: StepPart,
  { shape, seed, step, rows }: StepPlace,
  { lossOf, ofWeights }: { lossOf: PartLoss; ofWeights: boolean },
): { scalars: tf.Scalar[]; grads: tf.NamedTensorMap } {
  return tf.tidy(() => {
    const x = inputTensor(batch, shape);
    let measured: { loss: tf.Scalar; correct: tf.Scalar } | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const kwargs = { training: true, random: { seed, step, row }, batchRows: rows };
      const logits = model.apply(x, kwargs) as tf.Tensor2D;
      measured = lossOf(logits);
      tf.keep(measured.loss);
      tf.keep(measured.correct);
      return penaltiesOf(model, { ofWeights }).reduce((total, penalty) => tf.add(total, penalty), measured.loss);
    }, optimizer.variables);
    const { loss, correct } = measured as { loss: tf.Scalar; correct: tf.Scalar };
    return { scalars: [loss, value, correct], grads };
  });
}

/** Their values; frees them. */
async function valuesOf(scalars: tf.Scalar[]): Promise<number[]> {
  try {
    return await Promise.all(scalars.map(async (scalar) => (await scalar.data())[0] as number));
  } finally {
    tf.dispose(scalars);
  }
}

function checkNorm(norm: number | undefined, { step, learningRate }: StepPlace): void {
  if (norm === undefined || Number.isFinite(norm)) return;
  throw new TrainingError(
    `fit: the norm of the gradients must stay finite to be clipped; it became ${norm} in step ${step + 1}. Use a smaller learning rate (=${learningRate}), or look for very large values in the data.`,
  );
}
