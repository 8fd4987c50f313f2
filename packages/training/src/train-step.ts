import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { softmaxCrossEntropy } from '@ablate/tensor-backends';
import { type Batch, inputTensor } from './batch.ts';
import type { Optimizer } from './optimizer.ts';

/** What a step measured, before its update. */
export interface StepOutcome {
  /** Mean cross-entropy of the batch, without penalties, so that it compares with an evaluation's. */
  loss: number;
  /** Loss and penalties (regularizers): what the step made smaller. */
  objective: number;
  /** Rows whose largest logit was their label's. */
  correct: number;
}

/**
 * Forward, backward and update on one batch. Layers that draw random numbers find `random: { seed, step, row }` in the
 * kwargs of their `call`.
 *
 * @param step Steps of this run before this one.
 * @param check Called with what was measured before the weights are changed; it may throw to stop.
 */
export async function trainStep(
  model: LayersModel,
  optimizer: Optimizer,
  batch: Batch,
  place: { shape: readonly number[]; seed: number; step: number; learningRate: number },
  check: (outcome: StepOutcome) => void,
): Promise<StepOutcome> {
  const { shape, seed, step, learningRate } = place;
  const { value, grads, loss, correct } = tf.tidy(() => {
    const x = inputTensor(batch, shape);
    const labels = tf.tensor1d(batch.labels, 'int32');
    let measured: { loss: tf.Scalar; correct: tf.Scalar } | undefined;
    const result = tf.variableGrads(() => {
      const logits = model.apply(x, { training: true, random: { seed, step, row: 0 } }) as tf.Tensor2D;
      measured = softmaxCrossEntropy(logits, labels);
      tf.keep(measured.loss);
      tf.keep(measured.correct);
      return model.calculateLosses().reduce((sum, penalty) => tf.add(sum, penalty), measured.loss);
    }, optimizer.variables);
    return { ...result, ...(measured as { loss: tf.Scalar; correct: tf.Scalar }) };
  });
  try {
    const scalars = await Promise.all([loss.data(), value.data(), correct.data()]);
    const [lossValue, objective, hits] = scalars.map((data) => data[0] as number) as [number, number, number];
    const outcome = { loss: lossValue, objective, correct: hits };
    check(outcome);
    optimizer.step(grads, learningRate);
    return outcome;
  } finally {
    tf.dispose([value, loss, correct]);
    tf.dispose(grads);
  }
}
