import type * as tf from '@tensorflow/tfjs-core';
import { clone } from '@tensorflow/tfjs-core';
import type { OwnLayerOptions } from '../own-layer.ts';
import { RandomLayer } from '../random-layer.ts';
import { type DropPathArgs, dropPath } from '../schema/regularization/drop-path.ts';
import { masked } from './masked.ts';

/**
 * DropPath (stochastic depth): while training, each example becomes 0 with probability `rate` and is scaled by
 * `1 / (1 − rate)` otherwise. It stands at the end of a residual block's main branch. Row n is decided by row n of the
 * layer's stream.
 *
 * Shapes: any, unchanged. No parameters.
 * @see Huang et al. 2016, https://arxiv.org/abs/1603.09382 (there the scale is applied outside training)
 */
export class DropPath extends RandomLayer<DropPathArgs> {
  static readonly className = 'DropPath';

  constructor(options: OwnLayerOptions<DropPathArgs> & { seed?: number }) {
    super(dropPath, options);
  }

  protected override forward(x: tf.Tensor, kwargs: Record<string, unknown>): tf.Tensor {
    if (kwargs['training'] !== true) return clone(x);
    const shape = x.shape.map((extent, axis) => (axis === 0 ? extent : 1));
    return masked(x, shape, this.args.rate, this.placeOf(kwargs));
  }
}
