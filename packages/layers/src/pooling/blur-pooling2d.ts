import * as tf from '@tensorflow/tfjs-core';
import { OwnLayer, type OwnLayerOptions } from '../own-layer.ts';
import { pair } from '../schema/pair.ts';
import { type BlurPooling2dArgs, blurPooling2d } from '../schema/pooling/blur-pooling2d.ts';
import { windowSum } from './window-sum.ts';

/**
 * Blur pooling: `y = Σ w · x / Σ w` over the pixels of each window that exist, `w[a, b] = C(n, a) · C(n, b)` with
 * `n = filterSize − 1`. After a stride-1 pooling or convolution it halves an image without aliasing.
 *
 * Shapes: `[batch, height, width, channels] → [batch, ⌈height / strides⌉, ⌈width / strides⌉, channels]` with padding
 * `same`. No parameters.
 * @see Zhang 2019, https://arxiv.org/abs/1904.11486 (there with reflected edges)
 */
export class BlurPooling2D extends OwnLayer<BlurPooling2dArgs> {
  static readonly className = 'BlurPooling2D';

  constructor(options: OwnLayerOptions<Partial<BlurPooling2dArgs>> = {}) {
    super(blurPooling2d, options);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    const { filterSize, strides, padding } = this.args;
    const image = x as tf.Tensor4D;
    const binomial = binomials(filterSize - 1);
    const filter = binomial.map((a) => binomial.map((b) => a * b));
    const sums = windowSum(image, filter, pair(strides), padding);
    const [, height, width] = image.shape;
    const present = windowSum(tf.ones([1, height, width, 1]), filter, pair(strides), padding);
    return tf.div(sums, present);
  }
}

/** Row n of Pascal's triangle. */
function binomials(n: number): number[] {
  const row = [1];
  for (let k = 0; k < n; k++) row.push(((row[k] as number) * (n - k)) / (k + 1));
  return row;
}
