import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelNames } from './kernel-names.ts';

/** Options of {@link softmaxCrossEntropy}. */
export interface CrossEntropyOptions {
  /** What the summed loss is divided by: the rows of the global batch, where these are a shard of it. Default: the rows. */
  count?: number;
}

/** Loss and hits of a batch, each a scalar tensor. */
export interface CrossEntropy {
  /** Σ −log softmax(logits)[label] / count; 0 without rows. */
  loss: tf.Scalar;
  /** Rows whose largest logit (the first of equals) is the label's. */
  correct: tf.Scalar;
}

/**
 * Softmax cross-entropy of logits [batch, classes] with labels int32 [batch], differentiable in the logits.
 *
 * @throws Error unless the shapes agree. A label outside 0 … classes − 1 is an error where values are at hand (cpu, wasm).
 */
export function softmaxCrossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  { count = logits.shape[0] }: CrossEntropyOptions = {},
): CrossEntropy {
  if (logits.rank !== 2 || labels.rank !== 1 || logits.shape[0] !== labels.shape[0]) {
    throw new Error(
      `softmaxCrossEntropy: needs logits [batch, classes] and labels [batch]; received [${logits.shape}] and [${labels.shape}].`,
    );
  }
  if (!(count >= logits.shape[0])) {
    throw new RangeError(
      `softmaxCrossEntropy: count must be at least the rows (=${logits.shape[0]}); received ${count}. Give the rows of the global batch.`,
    );
  }
  if (!hasKernel(kernelNames.softmaxCrossEntropy)) return composite(logits, labels, count);
  const [loss, correct] = tf.engine().runKernel(kernelNames.softmaxCrossEntropy, { logits, labels }, { count }) as [
    tf.Scalar,
    tf.Scalar,
    tf.Tensor,
  ];
  return { loss, correct };
}

function composite(logits: tf.Tensor2D, labels: tf.Tensor1D, count: number): CrossEntropy {
  // Still a function of the logits: a gradient is asked of it.
  if (logits.shape[0] === 0) return { loss: tf.sum(logits), correct: tf.scalar(0) };
  const oneHot = tf.oneHot(labels, logits.shape[1]);
  const loss = tf.neg(tf.div(tf.sum(tf.mul(tf.logSoftmax(logits), oneHot)), count)) as tf.Scalar;
  const hits = tf.equal(tf.argMax(logits, 1), labels);
  return { loss, correct: tf.sum(tf.cast(hits, 'float32')) as tf.Scalar };
}

/** The gradient was computed with the loss: it only awaits the loss's own gradient. */
export const softmaxCrossEntropyGradient: tf.GradConfig = {
  kernelName: kernelNames.softmaxCrossEntropy,
  outputsToSave: [false, false, true],
  gradFunc: (dy, [gradient]) => {
    const [dLoss] = dy as tf.Tensor[];
    return { logits: () => tf.mul(gradient as tf.Tensor, dLoss as tf.Tensor) };
  },
};

/** Values of one batch, in double precision. Writes the gradient of the divided loss. */
export function crossEntropyOf(
  logits: Float32Array,
  labels: Int32Array,
  classes: number,
  count: number,
  gradient: Float32Array,
): { loss: number; correct: number } {
  let loss = 0;
  let correct = 0;
  for (const [row, label] of labels.entries()) {
    if (label < 0 || label >= classes) {
      throw new Error(`softmaxCrossEntropy: labels must be from 0 to ${classes - 1}; received ${label} in row ${row}.`);
    }
    const start = row * classes;
    let top = start;
    for (let i = start + 1; i < start + classes; i++) if ((logits[i] as number) > (logits[top] as number)) top = i;
    const shift = logits[top] as number;
    let sum = 0;
    for (let i = start; i < start + classes; i++) sum += Math.exp((logits[i] as number) - shift);
    for (let i = start; i < start + classes; i++) gradient[i] = Math.exp((logits[i] as number) - shift) / sum / count;
    gradient[start + label] = (gradient[start + label] as number) - 1 / count;
    loss += Math.log(sum) + shift - (logits[start + label] as number);
    if (top === start + label) correct++;
  }
  return { loss: labels.length === 0 ? 0 : loss / count, correct };
}
