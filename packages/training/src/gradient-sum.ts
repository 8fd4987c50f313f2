import * as tf from '@tensorflow/tfjs-core';
import { shardOf } from './replica.ts';

/** A part of a batch that is computed at once. */
export type RowRange = [start: number, end: number];

/**
 * The micro-batches of `rows` rows, contiguous and in order, sizes differing by at most one; as many as `accumulate`,
 * or as there are rows; one without rows.
 */
export function microBatches(rows: number, accumulate: number): RowRange[] {
  const count = Math.max(1, Math.min(accumulate, rows));
  return Array.from({ length: count }, (_, index) => shardOf(rows, { index, count }));
}

/** Adds up the gradients of micro-batches whose losses were divided by the rows of the whole batch. */
export class GradientSum {
  #sums: tf.NamedTensorMap | undefined;

  /** Takes the tensors over. They must have the same names each time. */
  add(gradients: tf.NamedTensorMap): void {
    const before = this.#sums;
    if (before === undefined) {
      this.#sums = gradients;
      return;
    }
    const sums = Object.entries(gradients).map(([name, g]) => [name, tf.add(before[name] as tf.Tensor, g)] as const);
    tf.dispose([before, gradients]);
    this.#sums = Object.fromEntries(sums);
  }

  /** The sum, which is then the caller's; the next `add` starts anew. */
  take(): tf.NamedTensorMap {
    const sums = this.#sums ?? {};
    this.#sums = undefined;
    return sums;
  }

  dispose(): void {
    tf.dispose(this.take());
  }
}
