import * as tf from '@tensorflow/tfjs-core';
import { OwnLayer, type OwnLayerOptions } from '../own-layer.ts';
import { type SwishArgs, swish } from '../schema/activation/swish.ts';

/**
 * Swish: `y = x · sigmoid(beta · x)`. Shapes: any, unchanged. Parameters: `beta [1]`, or `[channels]`, from 1 (SiLU).
 * @see Ramachandran et al. 2017, https://arxiv.org/abs/1710.05941
 */
export class Swish extends OwnLayer<SwishArgs> {
  static readonly className = 'Swish';

  constructor(options: OwnLayerOptions<Partial<SwishArgs>> = {}) {
    super(swish, options);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    return tf.mul(x, tf.sigmoid(tf.mul(x, this.variable('beta').read())));
  }
}
