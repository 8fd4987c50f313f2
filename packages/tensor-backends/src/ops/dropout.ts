import * as tf from '@tensorflow/tfjs-core';
import { bitsToUniform, philox4x32, type StreamKey } from '@ablate/random';
import { hasKernel, kernelNames } from './kernel-names.ts';

/** What decides a dropout mask; equal places give equal masks on every backend, also in shards of a batch. */
export interface DropoutPlace {
  /** Share of elements that become zero, in [0, 1). */
  rate: number;
  /** Key of the layer's stream. */
  key: StreamKey;
  /** Training step, a whole number ≥ 0. */
  step: number;
  /** Row of the global batch at which x starts. */
  row: number;
}

/** Inverted dropout (Srivastava et al. 2014): zeroes a share `rate` of x, axis 0 being rows, and scales the rest by 1 / (1 − rate). */
export function dropout<T extends tf.Tensor>(x: T, place: DropoutPlace): T {
  const { rate } = place;
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropout: rate must be in [0, 1); received ${rate}.`);
  if (rate === 0) return tf.clone(x);
  if (!hasKernel(kernelNames.dropout)) return tf.mul(x, dropoutMask(x.shape, place)) as T;
  const floats = x.dtype === 'float32' ? x : tf.cast(x, 'float32');
  return tf.engine().runKernel(kernelNames.dropout, { x: floats }, { ...place }) as T;
}

/** The gradient passes the mask that the values passed; it is drawn again, not kept. */
export const dropoutGradient: tf.GradConfig = {
  kernelName: kernelNames.dropout,
  gradFunc: (dy, _saved, attrs) => ({
    x: () => dropout(dy as tf.Tensor, attrs as tf.NamedAttrMap & DropoutPlace),
  }),
};

/** The mask alone: 0, or 1 / (1 − rate) where an element is kept. */
export function dropoutMask(shape: readonly number[], place: DropoutPlace): tf.Tensor {
  if (hasKernel(kernelNames.dropoutMask)) {
    return tf.engine().runKernel(kernelNames.dropoutMask, {}, { shape: [...shape], ...place }) as tf.Tensor;
  }
  return tf.tensor(fillMask(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape[0] ?? 1, place), [...shape]);
}

/**
 * Element e of row r is kept where the uniform of lane e % 4 of Philox(key; ⌊e / 4⌋, row + r, step) is ≥ rate.
 */
export function fillMask(mask: Float32Array, rows: number, { rate, key, step, row }: DropoutPlace): Float32Array {
  const width = rows === 0 ? 0 : mask.length / rows;
  const words = new Uint32Array(4);
  const scale = 1 / (1 - rate);
  // The WASM kernel compares in single precision.
  const threshold = Math.fround(rate);
  for (let r = 0; r < rows; r++) {
    for (let e = 0; e < width; e += 4) {
      philox4x32(key, e >>> 2, row + r, step >>> 0, Math.floor(step / 2 ** 32), words);
      for (let lane = 0; lane < Math.min(4, width - e); lane++) {
        mask[r * width + e + lane] = bitsToUniform(words[lane] as number) >= threshold ? scale : 0;
      }
    }
  }
  return mask;
}
