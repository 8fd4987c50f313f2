import * as tf from '@tensorflow/tfjs-core';
import { type OutputActivation, outputActivation } from '../output-activation.ts';
import { OwnLayer, type OwnLayerOptions } from '../own-layer.ts';
import { type GatedConv2dArgs, gatedConv2d } from '../schema/convolution/gated-conv2d.ts';
import type { Conv2dOptions } from './conv2d-options.ts';
import { convolve } from './convolve.ts';

/**
 * Gated convolution: `y = activation(x ∗ K₁ + b₁) · sigmoid(x ∗ K₂ + b₂)`, both in one convolution.
 *
 * Shapes: as tf.layers.conv2d. Parameters: `kernel [height, width, channels, 2 · filters]` (features, then gates),
 * `bias [2 · filters]`.
 * @see Yu et al. 2019, https://arxiv.org/abs/1806.03589
 */
export class GatedConv2D extends OwnLayer<GatedConv2dArgs> {
  static readonly className = 'GatedConv2D';
  readonly #activation: OutputActivation;

  constructor(options: OwnLayerOptions<Conv2dOptions>) {
    super(gatedConv2d, options);
    this.#activation = outputActivation(this.args.activation);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    const kernel = this.variable('kernel').read() as tf.Tensor4D;
    const both = convolve(x as tf.Tensor4D, kernel, this.optional('bias'), this.args);
    const [features, gates] = tf.split(both, 2, 3) as [tf.Tensor4D, tf.Tensor4D];
    return tf.mul(this.#activate(features), tf.sigmoid(gates));
  }

  #activate(features: tf.Tensor4D): tf.Tensor {
    const { fused, after } = this.#activation;
    if (fused === 'relu') return tf.relu(features);
    return fused === 'relu6' ? tf.relu6(features) : after(features);
  }
}
