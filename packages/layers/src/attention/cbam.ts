import * as tf from '@tensorflow/tfjs-core';
import { OwnLayer, type OwnLayerOptions } from '../own-layer.ts';
import { type CbamArgs, cbam } from '../schema/attention/cbam.ts';
import { pixelMeans, scaleChannels } from './channel-scale.ts';

/**
 * Convolutional block attention: `z = x · sigmoid(M(mean(x)) + M(max(x)))`, mean and max over the pixels and
 * `M(v) = W₂ relu(W₁ v + b₁) + b₂`; then `y = z · sigmoid(K ∗ [mean(z), max(z)])`, mean and max over the channels.
 *
 * Shapes: `[batch, height, width, channels]`, unchanged. Parameters, with `inner = ⌈channels / reduction⌉`:
 * `squeeze_kernel [channels, inner]`, `squeeze_bias [inner]`, `excitation_kernel [inner, channels]`,
 * `excitation_bias [channels]`, `spatial_kernel [kernelSize, kernelSize, 2, 1]` (no bias, no batch norm: the paper's
 * equations; its published code adds a batch norm).
 * @see Woo et al. 2018, https://arxiv.org/abs/1807.06521
 */
export class CBAM extends OwnLayer<CbamArgs> {
  static readonly className = 'CBAM';

  constructor(options: OwnLayerOptions<Partial<CbamArgs>> = {}) {
    super(cbam, options);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    const image = x as tf.Tensor4D;
    const channelLogits = tf.add(this.#perceptron(pixelMeans(image)), this.#perceptron(tf.max(image, [1, 2])));
    const refined = scaleChannels(image, tf.sigmoid(channelLogits));
    // [batch, height, width, 2]
    const summary = tf.concat([tf.mean(refined, 3, true), tf.max(refined, 3, true)], 3) as tf.Tensor4D;
    const spatial = tf.conv2d(summary, this.variable('spatial_kernel').read() as tf.Tensor4D, 1, 'same');
    return tf.mul(refined, tf.sigmoid(spatial));
  }

  #perceptron(values: tf.Tensor2D): tf.Tensor2D {
    const [w1, w2] = ['squeeze_kernel', 'excitation_kernel'].map((name) => this.variable(name).read() as tf.Tensor2D);
    const hidden = tf.relu(tf.add(tf.matMul(values, w1 as tf.Tensor2D), this.variable('squeeze_bias').read()));
    return tf.add(tf.matMul(hidden as tf.Tensor2D, w2 as tf.Tensor2D), this.variable('excitation_bias').read());
  }
}
