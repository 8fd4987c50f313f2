import * as tf from '@tensorflow/tfjs-core';
import { streamKey } from '@ablate/random';
import { DescribedLayer, type LayerArgs } from '../described-layer.ts';
import { randomPlaceOf } from '../random-place.ts';
import { normalRows } from '../random-rows.ts';
import { type GaussianNoiseArgs, gaussianNoise } from '../schema/regularization/gaussian-noise.ts';

/**
 * tf.layers' GaussianNoise with noise that depends on nothing but `kwargs.random`, the layer's name and the element:
 * `y = x + stddev · normal` while training. Shapes: any, unchanged. No parameters.
 * @see Bishop 1995, https://doi.org/10.1162/neco.1995.7.1.108
 */
export class GaussianNoise extends DescribedLayer<GaussianNoiseArgs> {
  static readonly className = 'GaussianNoise';
  #step = 0;

  constructor(args: GaussianNoiseArgs, base?: LayerArgs) {
    super(gaussianNoise, args, base);
    this.supportsMasking = true;
  }

  protected override forward(x: tf.Tensor, kwargs: Record<string, unknown>): tf.Tensor {
    if (kwargs['training'] !== true) return tf.clone(x);
    const { seed, step, row } = randomPlaceOf(this.name, kwargs) ?? { seed: 0, step: this.#step++, row: 0 };
    const [rows = 0] = x.shape;
    const width = x.shape.slice(1).reduce((a, b) => a * b, 1);
    const noise = normalRows(rows, width, { key: streamKey(seed, `gaussianNoise/${this.name}`), step, row });
    return tf.add(x, tf.mul(tf.tensor(noise, x.shape), this.args.stddev));
  }
}
