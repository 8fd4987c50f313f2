import { gelu as geluOf } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { OwnLayer, type OwnLayerOptions } from '../own-layer.ts';
import { type GeluArgs, gelu } from '../schema/activation/gelu.ts';

/**
 * GELU: `y = x · Φ(x) = x · (1 + erf(x / √2)) / 2`, or, approximate, `x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))) / 2`.
 * Shapes: any, unchanged. No parameters.
 * @see Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415
 */
export class GELU extends OwnLayer<GeluArgs> {
  static readonly className = 'GELU';

  constructor(options: OwnLayerOptions<Partial<GeluArgs>> = {}) {
    super(gelu, options);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    if (!this.args.approximate) return geluOf(x);
    const share = tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(x, tf.square(x))))));
    return tf.mul(tf.mul(x, 0.5), tf.add(share, 1));
  }
}
