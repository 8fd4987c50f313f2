import type * as tf from '@tensorflow/tfjs-core';
import { clone } from '@tensorflow/tfjs-core';
import type { OwnLayerOptions } from '../own-layer.ts';
import { RandomLayer } from '../random-layer.ts';
import { type SpatialDropout2dArgs, spatialDropout2d } from '../schema/regularization/spatial-dropout2d.ts';
import { masked } from './masked.ts';

/**
 * Spatial dropout: while training, each channel of each image becomes 0 with probability `rate` and is scaled by
 * `1 / (1 − rate)` otherwise. Channel c of row n is decided by element c of row n of the layer's stream.
 *
 * Shapes: `[batch, height, width, channels]`, unchanged. No parameters.
 * @see Tompson et al. 2015, https://arxiv.org/abs/1411.4280
 */
export class SpatialDropout2D extends RandomLayer<SpatialDropout2dArgs> {
  static readonly className = 'SpatialDropout2D';

  constructor(options: OwnLayerOptions<SpatialDropout2dArgs> & { seed?: number }) {
    super(spatialDropout2d, options);
  }

  protected override forward(x: tf.Tensor, kwargs: Record<string, unknown>): tf.Tensor {
    if (kwargs['training'] !== true) return clone(x);
    const [batch, , , channels] = (x as tf.Tensor4D).shape;
    return masked(x, [batch, 1, 1, channels], this.args.rate, this.placeOf(kwargs));
  }
}
