import * as tf from '@tensorflow/tfjs-core';
import { initializers } from '@tensorflow/tfjs-layers';
import { DescribedLayer, type LayerArgs } from '../described-layer.ts';
import { type PreluArgs, prelu } from '../schema/activation/prelu.ts';

/**
 * PReLU: `y = max(x, 0) + alpha · min(x, 0)`, one alpha for each channel. Serialises as tf.layers' PReLU with the axes
 * of the image shared. Shapes: any, unchanged. Parameters: `alpha [1, 1, channels]` of images, `[channels]` of rows.
 * @see He et al. 2015, https://arxiv.org/abs/1502.01852
 */
export class PReLU extends DescribedLayer<PreluArgs> {
  static readonly className = 'PReLU';

  constructor(args: PreluArgs, base?: LayerArgs) {
    super(prelu, args, base);
    this.supportsMasking = true;
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    return tf.add(tf.relu(x), tf.mul(this.variable('alpha').read(), tf.minimum(x, tf.zerosLike(x))));
  }

  protected override argsConfig(): tf.serialization.ConfigDict {
    const rank = this.built ? this.variable('alpha').shape.length : 3;
    const constant = initializers.constant({ value: this.args.alpha });
    return {
      alphaInitializer: { className: constant.getClassName(), config: constant.getConfig() },
      alphaRegularizer: null,
      alphaConstraint: null,
      sharedAxes: Array.from({ length: rank - 1 }, (_, axis) => axis + 1),
    };
  }
}
