import * as tf from '@tensorflow/tfjs-core';
import { OwnLayer, type OwnLayerOptions } from '../own-layer.ts';
import { pair } from '../schema/pair.ts';
import { mixedPooling2d } from '../schema/pooling/mixed-pooling2d.ts';
import type { PoolArgs } from '../schema/pooling/pool-args.ts';

/**
 * Mixed pooling: `y = a · max + (1 − a) · mean` of each window, `a = sigmoid(mix)`, from a = 1/2.
 *
 * Shapes: as tf.layers.maxPooling2d. Parameters: `mix [1]`.
 * @see Lee, Gallagher and Tu 2016, https://arxiv.org/abs/1509.08985 (there a itself is learned)
 */
export class MixedPooling2D extends OwnLayer<PoolArgs> {
  static readonly className = 'MixedPooling2D';

  constructor(options: OwnLayerOptions<Partial<PoolArgs>> = {}) {
    super(mixedPooling2d, options);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    const { poolSize, strides, padding } = this.args;
    const window = [pair(poolSize), pair(strides ?? poolSize), padding] as const;
    const [greatest, mean] = [tf.maxPool(x as tf.Tensor4D, ...window), tf.avgPool(x as tf.Tensor4D, ...window)];
    return tf.add(mean, tf.mul(tf.sigmoid(this.variable('mix').read()), tf.sub(greatest, mean)));
  }
}
