import * as tf from '@tensorflow/tfjs-core';
import { OwnLayer, type OwnLayerOptions } from '../own-layer.ts';
import {
  type EfficientChannelAttentionArgs,
  efficientChannelAttention,
} from '../schema/attention/efficient-channel-attention.ts';
import { pixelMeans, scaleChannels } from './channel-scale.ts';

/**
 * Efficient channel attention: `y[c] = x[c] · sigmoid(Σ_a kernel[a] · mean(x)[c + a − ⌊k/2⌋])`, zeros beyond the
 * channels; `k` is the odd number next above or at `(log₂ channels + 1) / 2`, rounded down, unless it is given.
 *
 * Shapes: `[batch, height, width, channels]`, unchanged. Parameters: `kernel [k, 1, 1, 1]`.
 * @see Wang et al. 2020, https://arxiv.org/abs/1910.03151
 */
export class EfficientChannelAttention extends OwnLayer<EfficientChannelAttentionArgs> {
  static readonly className = 'EfficientChannelAttention';

  constructor(options: OwnLayerOptions<Partial<EfficientChannelAttentionArgs>> = {}) {
    super(efficientChannelAttention, options);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    const image = x as tf.Tensor4D;
    const [batch, , , channels] = image.shape;
    // The channels as the rows of an image of one column.
    const means = tf.reshape(pixelMeans(image), [batch, channels, 1, 1]);
    const logits = tf.conv2d(means as tf.Tensor4D, this.variable('kernel').read() as tf.Tensor4D, 1, 'same');
    return scaleChannels(image, tf.sigmoid(logits));
  }
}
