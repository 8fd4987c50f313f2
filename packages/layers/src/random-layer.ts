import { type StreamKey, streamKey } from '@ablate/random';
import type * as tf from '@tensorflow/tfjs-core';
import { OwnLayer } from './own-layer.ts';
import { randomPlaceOf } from './random-place.ts';
import type { LayerDescriptor } from './schema/descriptor.ts';

/** Where a layer's random numbers come from in one call. */
export interface LayerPlace {
  key: StreamKey;
  step: number;
  row: number;
}

/**
 * An own layer that draws random numbers while training: they depend on `kwargs.random`, the layer's name and the
 * element alone. Without `kwargs.random` (in `model.fit`) it counts its own steps from its seed.
 */
export abstract class RandomLayer<Args extends object> extends OwnLayer<Args> {
  readonly seed: number;
  #step = 0;

  constructor(descriptor: LayerDescriptor<Args>, options: object) {
    const { seed = 0, ...rest } = options as { seed?: number };
    super(descriptor, rest);
    this.seed = seed;
  }

  /** The place of this call. Its stream is `<type>/<name>`. */
  protected placeOf(kwargs: Record<string, unknown>): LayerPlace {
    const { seed, step, row } = randomPlaceOf(this.name, kwargs) ?? { seed: this.seed, step: this.#step++, row: 0 };
    return { key: streamKey(seed, `${this.descriptor.type}/${this.name}`), step, row };
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), seed: this.seed };
  }
}
