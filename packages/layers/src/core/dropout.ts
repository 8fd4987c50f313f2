import * as tf from '@tensorflow/tfjs-core';
import { streamKey } from '@ablate/random';
import { dropout as drop } from '@ablate/tensor-backends';
import { DescribedLayer, type LayerArgs } from '../described-layer.ts';
import { randomPlaceOf } from '../random-place.ts';
import { type DropoutArgs, dropout } from '../schema/core/dropout.ts';

/**
 * tf.layers' Dropout with masks that depend on nothing but `kwargs.random`, the layer's name and the element: equal in
 * shards, on every backend and after a resume. Without `kwargs.random` (in `model.fit`) it counts its own steps from
 * its seed; the stock layer repeats one mask for ever where it has a seed.
 */
export class Dropout extends DescribedLayer<DropoutArgs> {
  static readonly className = 'Dropout';
  readonly seed: number;
  #step = 0;

  constructor(args: DropoutArgs, base: LayerArgs & { seed?: number } = {}) {
    super(dropout, args, base);
    this.supportsMasking = true;
    this.seed = base.seed ?? 0;
  }

  protected override forward(x: tf.Tensor, kwargs: Record<string, unknown>): tf.Tensor {
    if (kwargs['training'] !== true) return tf.clone(x);
    const { seed, step, row } = randomPlaceOf(this.name, kwargs) ?? { seed: this.seed, step: this.#step++, row: 0 };
    return drop(x, { rate: this.args.rate, key: streamKey(seed, `dropout/${this.name}`), step, row });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), noiseShape: null, seed: this.seed };
  }
}
