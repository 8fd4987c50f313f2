import { groupNorm } from '@ablate/tensor-backends';
import type * as tf from '@tensorflow/tfjs-core';
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
    const { groups, epsilon } = this.args;
    return groupNorm(x as tf.Tensor4D, this.optional('gamma'), this.optional('beta'), groups, epsilon);
  }
}
