import { randomStream } from '@ablate/random';
import * as tf from '@tensorflow/tfjs-core';
import { initializeWeight } from './schema/initializers.ts';
import type { WeightSpec } from './schema/descriptor.ts';

/** Gives a weight its initial values from the stream of its path: the same path, the same bits. */
export class StreamInitializer extends tf.serialization.Serializable {
  static readonly className = 'StreamInitializer';
  readonly #weight: WeightSpec;
  readonly #path: string;

  constructor(weight: WeightSpec, path: string) {
    super();
    this.#weight = weight;
    this.#path = path;
  }

  apply(): tf.Tensor {
    return tf.tensor(initializeWeight(this.#weight, randomStream(0, this.#path)), [...this.#weight.shape]);
  }

  fromConfigUsesCustomObjects(): boolean {
    return false;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {};
  }
}
