import * as tf from '@tensorflow/tfjs-core';

/** Sums of each channel of an image over windows, its pixels weighted by `filter [height, width]`; zeros beyond the edge. */
export function windowSum(
  x: tf.Tensor4D,
  filter: readonly (readonly number[])[],
  strides: [number, number],
  padding: 'valid' | 'same',
): tf.Tensor4D {
  const [height, width, channels] = [filter.length, filter[0]?.length ?? 0, x.shape[3]];
  const values = filter.flatMap((row) => row.flatMap((weight) => Array.from({ length: channels }, () => weight)));
  return tf.depthwiseConv2d(x, tf.tensor4d(values, [height, width, channels, 1]), strides, padding);
}
