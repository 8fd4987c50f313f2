import * as tf from '@tensorflow/tfjs-core';
import { DescribedLayer, type LayerArgs } from '../described-layer.ts';
import { type LayerNormalizationArgs, layerNormalization } from '../schema/normalization/layer-normalization.ts';

/**
 * tf.layers' LayerNormalization over the last axis: `y = gamma · (x − mean) / √(variance + ε) + beta`, without its tiled
 * copies of the statistics.
 *
 * Shapes: any of rank 2 to 4, unchanged. Parameters: `gamma [channels]`, `beta [channels]`.
 * @see Ba et al. 2016, https://arxiv.org/abs/1607.06450
 */
export class LayerNormalization extends DescribedLayer<LayerNormalizationArgs> {
  static readonly className = 'LayerNormalization';

  constructor(args: LayerNormalizationArgs, base?: LayerArgs) {
    super(layerNormalization, args, base);
    this.supportsMasking = true;
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), this.args.epsilon));
    const standard = tf.mul(centred, inverse);
    const gamma = this.optional('gamma');
    const beta = this.optional('beta');
    const scaled = gamma === null ? standard : tf.mul(standard, gamma);
    return beta === null ? scaled : tf.add(scaled, beta);
  }

  protected override argsConfig(): tf.serialization.ConfigDict {
    return { ...super.argsConfig(), betaRegularizer: null, gammaRegularizer: null };
  }
}
