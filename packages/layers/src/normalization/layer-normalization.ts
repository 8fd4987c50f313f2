import { layerNorm } from '@ablate/tensor-backends';
import type * as tf from '@tensorflow/tfjs-core';
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
    return layerNorm(x, this.optional('gamma'), this.optional('beta'), this.args.epsilon);
  }

  protected override argsConfig(): tf.serialization.ConfigDict {
    return { ...super.argsConfig(), betaRegularizer: null, gammaRegularizer: null };
  }
}
