import * as tf from '@tensorflow/tfjs-core';
import type { Examples, ReadDraw } from './examples.ts';
import { sayingWhatFailed, sizeText } from './saying-what-failed.ts';
import { TrainingError } from './training-error.ts';

/** Rows that were read and found right. */
export interface Batch {
  rows: number;
  /** Flat [rows, ...shape]. */
  x: Float32Array;
  /** [rows], each from 0 to classes − 1. */
  labels: Int32Array;
}

/** Reads rows and checks what came. @throws TrainingError on a wrong number of values, or a label out of range. */
export function readBatch(examples: Examples, indices: ArrayLike<number>, draw?: ReadDraw): Batch {
  const rows = indices.length;
  const { x, labels } = sayingWhatFailed(`examples: reading ${sizeText(rows, examples.shape)}`, () =>
    examples.read(indices, draw),
  );
  const values = rows * examples.shape.reduce((a, b) => a * b, 1);
  if (x.length !== values || labels.length !== rows) {
    throw new TrainingError(
      `examples: ${rows} rows of [${examples.shape.join(', ')}] must have ${values} values and ${rows} labels; received ${x.length} and ${labels.length}.`,
    );
  }
  for (let row = 0; row < rows; row++) {
    const label = labels[row] as number;
    if (!(label >= 0 && label < examples.classes)) {
      throw new TrainingError(
        `examples: labels must be from 0 to ${examples.classes - 1}; received ${label} for example ${indices[row]}.`,
      );
    }
  }
  return { rows, x, labels };
}

/** The rows as a tensor [rows, ...shape]. */
export function inputTensor({ rows, x }: Batch, shape: readonly number[]): tf.Tensor {
  return tf.tensor(x, [rows, ...shape], 'float32');
}
