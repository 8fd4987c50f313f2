import type * as tf from '@tensorflow/tfjs-core';
import { DescribedLayer, type LayerArgs } from '../described-layer.ts';
import { activationFunction } from '../output-activation.ts';
import { type ActivationLayerArgs, activation } from '../schema/core/activation.ts';

/** tf.layers' Activation, with the functions of {@link activationFunction}. Shapes: any, unchanged. No parameters. */
export class Activation extends DescribedLayer<ActivationLayerArgs> {
  static readonly className = 'Activation';
  readonly #function: (x: tf.Tensor) => tf.Tensor;

  constructor(args: ActivationLayerArgs, base?: LayerArgs) {
    super(activation, args, base);
    this.supportsMasking = true;
    this.#function = activationFunction(args.activation);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    return this.#function(x);
  }
}
