import * as tf from '@tensorflow/tfjs-core';
import type { Penalty } from './schema/penalty.ts';

/**
 * What the outputs of a layer add to the loss: (l1 · Σ|y| + l2 · Σy²) / rows of the batch, as in Keras. tf.layers knows
 * the argument, and throws where it is used.
 */
export class ActivityPenalty {
  readonly #penalty: Penalty;
  /** Of training calls, until they are taken. */
  #kept: tf.Scalar[] = [];

  constructor(penalty: Penalty) {
    this.#penalty = penalty;
  }

  /**
   * @param kwargs Of the layer's call: `training`, and `batchRows` where the batch has more rows than y.
   * @param uses How often a model calls the layer: penalties that nobody took are given up.
   */
  see(y: tf.Tensor, kwargs: Record<string, unknown>, uses: number): void {
    if (kwargs['training'] !== true) return;
    const rows = (kwargs['batchRows'] ?? y.shape[0]) as number;
    // The output itself is disposed of when the model's tidy ends.
    this.#kept.push(tf.keep(tf.tidy(() => tf.div(this.#of(y), Math.max(rows, 1)))));
    while (this.#kept.length > Math.max(uses, 1)) this.#kept.shift()?.dispose();
  }

  /** One scalar for each call since they were last taken; the caller owns them. */
  take(): tf.Scalar[] {
    const kept = this.#kept;
    this.#kept = [];
    const own = kept.map((penalty) => tf.clone(penalty));
    tf.dispose(kept);
    return own;
  }

  #of(y: tf.Tensor): tf.Scalar {
    const { l1, l2 } = this.#penalty;
    // |y| by parts: the gradient of tf.abs is −1 at zero, where a ReLU's output mostly is.
    const magnitudes = l1 === 0 ? 0 : tf.mul(l1, tf.sum(tf.add(tf.relu(y), tf.relu(tf.neg(y)))));
    const squares = l2 === 0 ? 0 : tf.mul(l2, tf.sum(tf.square(y)));
    return tf.add(magnitudes, squares);
  }
}
