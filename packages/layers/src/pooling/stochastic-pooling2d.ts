import * as tf from '@tensorflow/tfjs-core';
import { type OwnLayerOptions } from '../own-layer.ts';
import { RandomLayer } from '../random-layer.ts';
import { uniformRows } from '../random-rows.ts';
import { pair } from '../schema/pair.ts';
import { type StochasticPooling2dArgs, stochasticPooling2d } from '../schema/pooling/stochastic-pooling2d.ts';

/**
 * Stochastic pooling. While training, one element of each window, drawn with probability `r / Σ r`, `r = max(x, 0)`;
 * otherwise `Σ r² / Σ r`. A window without a positive value gives 0, and its inputs no gradient.
 *
 * Shapes: `[batch, height, width, channels] → [batch, ⌊height / poolHeight⌋, ⌊width / poolWidth⌋, channels]`. No
 * parameters. Output element e of row n is decided by uniform e of row n of the layer's stream.
 * @see Zeiler and Fergus 2013, https://arxiv.org/abs/1301.3557
 */
export class StochasticPooling2D extends RandomLayer<StochasticPooling2dArgs> {
  static readonly className = 'StochasticPooling2D';

  constructor(options: OwnLayerOptions<Partial<StochasticPooling2dArgs>> & { seed?: number } = {}) {
    super(stochasticPooling2d, options);
  }

  protected override forward(x: tf.Tensor, kwargs: Record<string, unknown>): tf.Tensor {
    const windows = tf.relu(this.#windows(x as tf.Tensor4D));
    const sums = tf.sum(windows, 4);
    if (kwargs['training'] !== true) return tf.divNoNan(tf.sum(tf.square(windows), 4), sums);
    const [rows = 0, height = 0, width = 0, channels = 0] = sums.shape;
    const uniforms = tf.tensor4d(uniformRows(rows, height * width * channels, this.placeOf(kwargs)), [
      rows,
      height,
      width,
      channels,
    ]);
    return chosen(windows, uniforms);
  }

  /** [batch, height / poolHeight, width / poolWidth, channels, poolHeight · poolWidth]. */
  #windows(x: tf.Tensor4D): tf.Tensor {
    const [height, width] = pair(this.args.poolSize);
    const [batch, inHeight, inWidth, channels] = x.shape;
    const [rows, columns] = [Math.floor(inHeight / height), Math.floor(inWidth / width)];
    const whole = tf.slice(x, [0, 0, 0, 0], [batch, rows * height, columns * width, channels]);
    const split = tf.reshape(whole, [batch * rows, height, columns, width * channels]);
    const grouped = tf.reshape(tf.transpose(split, [0, 2, 1, 3]), [batch * rows * columns, height * width, channels]);
    return tf.reshape(tf.transpose(grouped, [0, 2, 1]), [batch, rows, columns, channels, height * width]);
  }
}

/** The element of each window in which the running sum passes the uniform's share of the whole; it alone has a gradient. */
function chosen(windows: tf.Tensor, uniforms: tf.Tensor): tf.Tensor {
  const op = tf.customGrad((...given) => {
    const [values, save] = given as [tf.Tensor, tf.GradSaveFunc];
    const upTo = tf.cumsum(values, 4);
    const thresholds = tf.expandDims(tf.mul(uniforms, tf.sum(values, 4)), 4);
    const reached = tf.cast(tf.greater(upTo, thresholds), 'float32');
    // 1 where the sum up to here passes and the one before does not.
    const first = tf.equal(tf.cumsum(reached, 4), 1);
    const mask = tf.mul(reached, tf.cast(first, 'float32'));
    save([mask]);
    return {
      value: tf.sum(tf.mul(values, mask), 4),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(tf.expandDims(dy, 4), saved[0] as tf.Tensor),
    };
  });
  return op(windows);
}
