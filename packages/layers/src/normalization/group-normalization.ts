import * as tf from '@tensorflow/tfjs-core';
import { OwnLayer, type OwnLayerOptions } from '../own-layer.ts';
import { type GroupNormalizationArgs, groupNormalization } from '../schema/normalization/group-normalization.ts';

/**
 * Group normalization: `y = gamma · (x − mean) / √(variance + ε) + beta`, mean and variance over the pixels and channels
 * of each group of each example; the same while training and not.
 *
 * Shapes: `[batch, height, width, channels]`, unchanged. Parameters: `gamma [channels]`, `beta [channels]`.
 * @see Wu and He 2018, https://arxiv.org/abs/1803.08494
 */
export class GroupNormalization extends OwnLayer<GroupNormalizationArgs> {
  static readonly className = 'GroupNormalization';

  constructor(options: OwnLayerOptions<Partial<GroupNormalizationArgs>> = {}) {
    super(groupNormalization, options);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    const image = x as tf.Tensor4D;
    const centred = tf.sub(image, this.#groupMeans(image)) as tf.Tensor4D;
    const inverse = tf.rsqrt(tf.add(this.#groupMeans(tf.square(centred)), this.args.epsilon));
    const gamma = this.optional('gamma');
    const beta = this.optional('beta');
    const scaled = tf.mul(centred, gamma === null ? inverse : tf.mul(inverse, gamma));
    return beta === null ? scaled : tf.add(scaled, beta);
  }

  /** The mean of its group for each channel. → [batch, 1, 1, channels] */
  #groupMeans(x: tf.Tensor4D): tf.Tensor4D {
    const [batch, , , channels] = x.shape;
    const { groups } = this.args;
    const each = tf.reshape(tf.mean(x, [1, 2]), [batch, groups, channels / groups]);
    const means = tf.tile(tf.mean(each, 2, true), [1, 1, channels / groups]);
    return tf.reshape(means, [batch, 1, 1, channels]);
  }
}
