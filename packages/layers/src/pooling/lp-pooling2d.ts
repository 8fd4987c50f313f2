import * as tf from '@tensorflow/tfjs-core';
import { OwnLayer, type OwnLayerOptions } from '../own-layer.ts';
import { pair } from '../schema/pair.ts';
import { type LpPooling2dArgs, lpPooling2d } from '../schema/pooling/lp-pooling2d.ts';
import { windowSum } from './window-sum.ts';

/**
 * Lp pooling: `y = (Σ |x|^p)^(1/p)` of each window: p = 1 the sum of magnitudes, p → ∞ the greatest. The gradient of
 * a window of zeros is 0.
 *
 * Shapes: as tf.layers.maxPooling2d. No parameters.
 * @see Sermanet et al. 2012, https://arxiv.org/abs/1204.3968
 */
export class LpPooling2D extends OwnLayer<LpPooling2dArgs> {
  static readonly className = 'LpPooling2D';

  constructor(options: OwnLayerOptions<Partial<LpPooling2dArgs>> = {}) {
    super(lpPooling2d, options);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    const { poolSize, strides, padding, p } = this.args;
    const [height, width] = pair(poolSize);
    const ones = Array.from({ length: height }, () => Array.from({ length: width }, () => 1));
    const powers = (p === 2 ? tf.square(x) : tf.pow(tf.abs(x), p)) as tf.Tensor4D;
    return rootOf(windowSum(powers, ones, pair(strides ?? poolSize), padding), p);
  }
}

/** sum^(1/p), with gradient 0 at 0, where it has none. */
function rootOf(sum: tf.Tensor, p: number): tf.Tensor {
  const op = tf.customGrad((...given) => {
    const [at, save] = given as [tf.Tensor, tf.GradSaveFunc];
    const root = p === 2 ? tf.sqrt(at) : tf.pow(at, 1 / p);
    save([at, root]);
    return {
      value: root,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [base, y] = saved as [tf.Tensor, tf.Tensor];
        return tf.mul(dy, tf.div(tf.divNoNan(y, base), p));
      },
    };
  });
  return op(sum);
}
