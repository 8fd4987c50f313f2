import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelNames } from './kernel-names.ts';
import { type LossSettings, rowLoss } from './row-loss.ts';
import type { CrossEntropy } from './softmax-cross-entropy.ts';

/** What a batch of logits is compared with. */
export interface LossTargets {
  /** float32 [batch, classes]: what each output should be; a row of a one-hot label, smoothed, mixed or weighted. */
  targets: tf.Tensor2D;
  /** int32 [batch]: the label that counts as a hit. */
  labels: tf.Tensor1D;
  /** float32 [batch]: what each row's loss is multiplied by. Default: 1. */
  rowWeights?: tf.Tensor1D;
}

/**
 * The loss of logits [batch, classes] with targets of any mixture, differentiable in the logits:
 * Σ over rows of rowWeight · {@link rowLoss} / count. Hard labels without weights are faster as softmaxCrossEntropy.
 *
 * @param options.count What the summed loss is divided by, above 0; for a shard, the global batch's. Default: the rows.
 * @throws Error unless the shapes agree.
 */
export function classificationLoss(
  logits: tf.Tensor2D,
  { targets, labels, rowWeights }: LossTargets,
  loss: LossSettings,
  { count = logits.shape[0] }: { count?: number } = {},
): CrossEntropy {
  const [rows] = logits.shape;
  const agree = tf.util.arraysEqual(logits.shape, targets.shape) && labels.shape[0] === rows;
  if (!agree || (rowWeights !== undefined && rowWeights.shape[0] !== rows)) {
    throw new Error(
      `classificationLoss: needs logits and targets [batch, classes], labels and rowWeights [batch]; received [${logits.shape}], [${targets.shape}], [${labels.shape}] and ${rowWeights ? `[${rowWeights.shape}]` : 'none'}.`,
    );
  }
  if (!(count > 0) && rows > 0) throw new Error(`classificationLoss: count must be above 0; received ${count}.`);
  if (!hasKernel(kernelNames.classificationLoss))
    return composite(logits, { targets, labels, rowWeights }, loss, count);
  const inputs = { logits, targets, labels, ...(rowWeights && { rowWeights }) };
  const [value, correct] = tf
    .engine()
    .runKernel(kernelNames.classificationLoss, inputs, { loss: { ...loss }, count }) as [
    tf.Scalar,
    tf.Scalar,
    tf.Tensor,
  ];
  return { loss: value, correct };
}

function composite(
  logits: tf.Tensor2D,
  { targets, labels, rowWeights }: LossTargets,
  loss: LossSettings,
  count: number,
): CrossEntropy {
  if (logits.shape[0] === 0) return { loss: tf.sum(logits), correct: tf.scalar(0) };
  const rows = compositeRows(logits, targets, loss);
  const sum = tf.sum(rowWeights ? tf.mul(rows, rowWeights) : rows);
  const hits = tf.equal(tf.argMax(logits, 1), labels);
  return { loss: tf.div(sum, count), correct: tf.sum(tf.cast(hits, 'float32')) };
}

function compositeRows(logits: tf.Tensor2D, targets: tf.Tensor2D, loss: LossSettings): tf.Tensor {
  switch (loss.name) {
    case 'cross-entropy':
      return tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1));
    case 'focal': {
      const log = tf.logSoftmax(logits);
      const missing = tf.maximum(tf.sub(1, tf.exp(log)), 1e-12);
      return tf.neg(tf.sum(tf.mul(tf.mul(targets, tf.pow(missing, loss.gamma)), log), 1));
    }
    case 'binary-cross-entropy':
      // softplus(z) − t · z
      return tf.mean(tf.sub(tf.softplus(logits), tf.mul(targets, logits)), 1);
    case 'mse':
      return tf.mean(tf.square(tf.sub(logits, targets)), 1);
  }
}

/** The gradient was computed with the loss: it only awaits the loss's own gradient. */
export const classificationLossGradient: tf.GradConfig = {
  kernelName: kernelNames.classificationLoss,
  outputsToSave: [false, false, true],
  gradFunc: (dy, [gradient]) => {
    const [dLoss] = dy as tf.Tensor[];
    const constant = () => {
      throw new Error('classificationLoss: is differentiable in the logits only. Ask for no gradient of its targets.');
    };
    return {
      logits: () => tf.mul(gradient as tf.Tensor, dLoss as tf.Tensor),
      targets: constant,
      labels: constant,
      rowWeights: constant,
    };
  },
};

/** Values of one batch, in double precision. Writes the gradient of the divided loss. */
export function classificationLossOf(
  values: { logits: Float32Array; targets: Float32Array; labels: Int32Array; rowWeights: Float32Array | undefined },
  classes: number,
  loss: LossSettings,
  count: number,
  gradient: Float32Array,
): { loss: number; correct: number } {
  let total = 0;
  let correct = 0;
  for (const [row, label] of values.labels.entries()) {
    const [start, end] = [row * classes, (row + 1) * classes];
    const logits = values.logits.subarray(start, end);
    const result = rowLoss(loss, logits, values.targets.subarray(start, end));
    const weight = (values.rowWeights?.[row] ?? 1) / count;
    total += weight * result.loss;
    for (const [c, slope] of result.gradient.entries()) gradient[start + c] = weight * slope;
    if (firstOfLargest(logits) === label) correct++;
  }
  return { loss: total, correct };
}

function firstOfLargest(values: Float32Array): number {
  let top = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[top] as number)) top = i;
  return top;
}
