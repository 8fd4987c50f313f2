import * as tf from '@tensorflow/tfjs-core';
import { OwnLayer, type OwnLayerOptions } from '../own-layer.ts';
import { type SqueezeExcitationArgs, squeezeExcitation } from '../schema/attention/squeeze-excitation.ts';
import { pixelMeans, scaleChannels } from './channel-scale.ts';

/**
 * Squeeze-and-excitation: `y = x · a`, `a = sigmoid(W₂ relu(W₁ mean(x) + b₁) + b₂)`, a factor for each channel.
 *
 * Shapes: `[batch, height, width, channels]`, unchanged. Parameters, with `inner = ⌈channels / reduction⌉`:
 * `squeeze_kernel [channels, inner]`, `squeeze_bias [inner]`, `excitation_kernel [inner, channels]`,
 * `excitation_bias [channels]`.
 * @see Hu et al. 2018, https://arxiv.org/abs/1709.01507
 */
export class SqueezeExcitation extends OwnLayer<SqueezeExcitationArgs> {
  static readonly className = 'SqueezeExcitation';

  constructor(options: OwnLayerOptions<Partial<SqueezeExcitationArgs>> = {}) {
    super(squeezeExcitation, options);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    const names = ['squeeze_kernel', 'squeeze_bias', 'excitation_kernel', 'excitation_bias'] as const;
    const [w1, b1, w2, b2] = names.map((name) => this.variable(name).read()) as SqueezeWeights;
    return squeezeAndExcite(x as tf.Tensor4D, [w1, b1, w2, b2]);
  }
}

export type SqueezeWeights = [w1: tf.Tensor2D, b1: tf.Tensor1D, w2: tf.Tensor2D, b2: tf.Tensor1D];

/** The layer's function with its gradient by hand: it keeps x and two small tensors, and reads x once on the way back. */
export function squeezeAndExcite(x: tf.Tensor4D, weights: SqueezeWeights): tf.Tensor4D {
  const op = tf.customGrad((...given) => {
    const [image, w1, b1, w2, b2, save] = given as [tf.Tensor4D, ...SqueezeWeights, tf.GradSaveFunc];
    const means = pixelMeans(image);
    const hidden = tf.relu(tf.add(tf.matMul(means, w1), b1));
    const scale = tf.sigmoid(tf.add(tf.matMul(hidden, w2), b2));
    save([image, w1, w2, means, hidden, scale]);
    return { value: scaleChannels(image, scale), gradFunc: squeezeGradients };
  });
  return op(x, ...weights);
}

function squeezeGradients(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
  const [x, w1, w2, means, hidden, scale] = saved as [tf.Tensor4D, ...tf.Tensor2D[]] & {
    [index in 1 | 2 | 3 | 4 | 5]: tf.Tensor2D;
  };
  const dScale = tf.sum(tf.mul(dy, x), [1, 2]);
  const dLogits = tf.mul(dScale, tf.mul(scale, tf.sub(1, scale))) as tf.Tensor2D;
  const dHidden = tf.mul(tf.matMul(dLogits, w2, false, true), tf.step(hidden)) as tf.Tensor2D;
  const pixels = x.shape[1] * x.shape[2];
  const dMeans = tf.div(tf.matMul(dHidden, w1, false, true), pixels);
  const [batch, channels] = means.shape;
  const dx = tf.add(scaleChannels(dy as tf.Tensor4D, scale), tf.reshape(dMeans, [batch, 1, 1, channels]));
  return [
    dx,
    tf.matMul(means, dHidden, true, false),
    tf.sum(dHidden, 0),
    tf.matMul(hidden, dLogits, true, false),
    tf.sum(dLogits, 0),
  ];
}
