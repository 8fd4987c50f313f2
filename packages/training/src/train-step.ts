import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { softmaxCrossEntropy } from '@ablate/tensor-backends';
import { type Batch, inputTensor } from './batch.ts';
import type { Optimizer } from './optimizer.ts';
import type { Replica } from './replica.ts';

/** What a step measured over the whole batch, before its update. */
export interface StepOutcome {
  /** Mean cross-entropy of the batch, without penalties, so that it compares with an evaluation's. */
  loss: number;
  /** Loss and penalties (regularizers): what the step made smaller. */
  objective: number;
  /** Rows whose largest logit was their label's. */
  correct: number;
}

/** Where in a run a step is, and which part of its batch a replica has. */
export interface StepPlace {
  /** Shape of one example. */
  shape: readonly number[];
  seed: number;
  /** Steps of this run before this one. */
  step: number;
  learningRate: number;
  /** Rows of the whole batch. */
  rows: number;
  /** Row of the whole batch at which this replica's part starts. */
  row: number;
}

/**
 * Forward, backward and update on one batch, of which `shard` is this replica's part; it may be empty. Layers that draw
 * random numbers find `random: { seed, step, row }` in the kwargs of their `call`.
 *
 * @param check Called with what was measured before the weights are changed; it may throw to stop, in every replica.
 */
export async function trainStep(
  model: LayersModel,
  optimizer: Optimizer,
  replica: Replica,
  shard: Batch,
  place: StepPlace,
  check: (outcome: StepOutcome) => void,
): Promise<StepOutcome> {
  const { shape, seed, step, learningRate, rows, row } = place;
  const { value, grads, loss, correct } = tf.tidy(() => {
    const x = inputTensor(shard, shape);
    const labels = tf.tensor1d(shard.labels, 'int32');
    let measured: { loss: tf.Scalar; correct: tf.Scalar } | undefined;
    const result = tf.variableGrads(() => {
      const logits = model.apply(x, { training: true, random: { seed, step, row } }) as tf.Tensor2D;
      measured = softmaxCrossEntropy(logits, labels, { count: rows });
      tf.keep(measured.loss);
      tf.keep(measured.correct);
      // Penalties belong to the weights, not to rows: one replica adds them.
      const penalties = replica.index === 0 ? model.calculateLosses() : [];
      return penalties.reduce((sum, penalty) => tf.add(sum, penalty), measured.loss);
    }, optimizer.variables);
    return { ...result, ...(measured as { loss: tf.Scalar; correct: tf.Scalar }) };
  });
  try {
    const scalars = await Promise.all([loss.data(), value.data(), correct.data()]);
    const sums = Float64Array.from(scalars, (data) => data[0] as number);
    replica.sum(sums);
    const [lossSum = 0, objective = 0, hits = 0] = sums;
    const outcome = { loss: lossSum, objective, correct: hits };
    check(outcome);
    replica.sumTensors(optimizer.variables.flatMap(({ name }) => grads[name] ?? []));
    optimizer.step(grads, learningRate);
    return outcome;
  } finally {
    tf.dispose([value, loss, correct]);
    tf.dispose(grads);
  }
}
