import { mish as mishOf } from '@ablate/tensor-backends';
import type * as tf from '@tensorflow/tfjs-core';
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
