import * as tf from '@tensorflow/tfjs-core';
import type { LayerArgs } from '../described-layer.ts';
import { OwnLayer } from '../own-layer.ts';
import { type SquaredReluArgs, squaredRelu } from '../schema/activation/squared-relu.ts';

/**
 * Squared ReLU: `y = max(x, 0)²`. Shapes: any, unchanged. No parameters.
 * @see So et al. 2021 (Primer), https://arxiv.org/abs/2109.08668
 */
export class SquaredReLU extends OwnLayer<SquaredReluArgs> {
  static readonly className = 'SquaredReLU';

  constructor(options: LayerArgs = {}) {
    super(squaredRelu, options);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    return tf.square(tf.relu(x));
  }
}
