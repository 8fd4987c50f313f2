import * as tf from '@tensorflow/tfjs-core';

/** Means over the pixels. [batch, height, width, channels] → [batch, channels]. */
export function pixelMeans(x: tf.Tensor4D): tf.Tensor2D {
  return tf.mean(x, [1, 2]);
}

/** x times a factor for each channel of each example: [batch, height, width, channels] · [batch, channels]. */
export function scaleChannels(x: tf.Tensor4D, scale: tf.Tensor): tf.Tensor4D {
  const [batch, , , channels] = x.shape;
  return tf.mul(x, tf.reshape(scale, [batch, 1, 1, channels]));
}
