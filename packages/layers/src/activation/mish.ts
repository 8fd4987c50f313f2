import * as tf from '@tensorflow/tfjs-core';
import type { LayerArgs } from '../described-layer.ts';
import { OwnLayer } from '../own-layer.ts';
import { type MishArgs, mish } from '../schema/activation/mish.ts';

/**
 * Mish: `y = x · tanh(softplus(x))`. Shapes: any, unchanged. No parameters.
 * @see Misra 2019, https://arxiv.org/abs/1908.08681
 */
export class Mish extends OwnLayer<MishArgs> {
  static readonly className = 'Mish';

  constructor(options: LayerArgs = {}) {
    super(mish, options);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    return mishOf(x);
  }
}

/**
 * x · tanh(softplus(x)), its gradient dy · (t + x · sigmoid(x) · (1 − t²)), t = tanh(softplus(x)), from x alone: the
 * plain composition keeps three tensors of that size for it.
 */
export function mishOf(x: tf.Tensor): tf.Tensor {
  const op = tf.customGrad((...given) => {
    const [at, save] = given as [tf.Tensor, tf.GradSaveFunc];
    save([at]);
    return {
      value: tf.mul(at, tf.tanh(tf.softplus(at))),
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => {
        const input = saved as tf.Tensor;
        const t = tf.tanh(tf.softplus(input));
        const slope = tf.mul(tf.mul(input, tf.sigmoid(input)), tf.sub(1, tf.square(t)));
        return tf.mul(dy, tf.add(t, slope));
      },
    };
  });
  return op(x);
}
