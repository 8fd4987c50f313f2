import * as tf from '@tensorflow/tfjs-core';
import { OwnLayer, type OwnLayerOptions } from '../own-layer.ts';
import { type ChannelPaddingArgs, channelPadding } from '../schema/padding/channel-padding.ts';

/**
 * Channel padding: zeros as new channels behind those of the image, up to `channels` of them. Behind a strided 1×1 pooling
 * it is the shortcut without parameters of the CIFAR ResNets.
 *
 * Shapes: `[batch, height, width, c] → [batch, height, width, channels]`, c ≤ channels. No parameters.
 * @throws ShapeError if the input has more channels.
 * @see He et al. 2015, option A, https://arxiv.org/abs/1512.03385
 */
export class ChannelPadding extends OwnLayer<ChannelPaddingArgs> {
  static readonly className = 'ChannelPadding';

  constructor(options: OwnLayerOptions<ChannelPaddingArgs>) {
    super(channelPadding, options);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    const missing = this.args.channels - (x.shape[3] as number);
    return missing === 0
      ? tf.clone(x)
      : tf.pad(x, [
          [0, 0],
          [0, 0],
          [0, 0],
          [0, missing],
        ]);
  }
}
