import * as tf from '@tensorflow/tfjs-core';
import { type OutputActivation, outputActivation } from '../output-activation.ts';
import { OwnLayer, type OwnLayerOptions } from '../own-layer.ts';
import {
  type WeightStandardizedConv2dArgs,
  weightStandardizedConv2d,
} from '../schema/convolution/weight-standardized-conv2d.ts';
import type { Conv2dOptions } from './conv2d-options.ts';
import { convolve } from './convolve.ts';
import { standardizeKernel } from './standardize-kernel.ts';

/**
 * Convolution with standardised weights: `y = activation(x ∗ (w − mean(w)) / √(var(w) + ε) + bias)`, mean and variance
 * over the weights of each filter. Made for group norm at small batches.
 *
 * Shapes: as tf.layers.conv2d. Parameters: `kernel [height, width, channels, filters]`, `bias [filters]`.
 * @see Qiao et al. 2019, https://arxiv.org/abs/1903.10520
 */
export class WeightStandardizedConv2D extends OwnLayer<WeightStandardizedConv2dArgs> {
  static readonly className = 'WeightStandardizedConv2D';
  readonly #activation: OutputActivation;

  constructor(options: OwnLayerOptions<Conv2dOptions & { epsilon?: number }>) {
    super(weightStandardizedConv2d, options);
    this.#activation = outputActivation(this.args.activation);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    const kernel = standardizeKernel(this.variable('kernel').read() as tf.Tensor4D, this.args.epsilon);
    const { fused } = this.#activation;
    return this.#activation.after(convolve(x as tf.Tensor4D, kernel, this.optional('bias'), this.args, fused));
  }
}
