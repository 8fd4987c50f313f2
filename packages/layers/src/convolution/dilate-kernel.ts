import * as tf from '@tensorflow/tfjs-core';

/**
 * A kernel [height, width, channels, multiplier] with zeros between its elements, which does without dilation what the
 * kernel does with it. tfjs's cpu gives wrong gradients for a dilated depthwise convolution, other backends none.
 */
export function dilateKernel(kernel: tf.Tensor4D, [rows, columns]: readonly [number, number]): tf.Tensor4D {
  const [height, width, channels, multiplier] = kernel.shape;
  const [reachY, reachX] = [(height - 1) * rows + 1, (width - 1) * columns + 1];
  const depth = channels * multiplier;
  // [height, 1, width · depth] → [height · rows, width · depth], and likewise for the columns.
  const spread = tf.pad(tf.reshape(kernel, [height, 1, width * depth]), [
    [0, 0],
    [0, rows - 1],
    [0, 0],
  ]);
  const tall = tf.slice(tf.reshape(spread, [height * rows, width * depth]), [0, 0], [reachY, width * depth]);
  const apart = tf.pad(tf.reshape(tall, [reachY, width, 1, depth]), [
    [0, 0],
    [0, 0],
    [0, columns - 1],
    [0, 0],
  ]);
  const wide = tf.slice(tf.reshape(apart, [reachY, width * columns, depth]), [0, 0, 0], [reachY, reachX, depth]);
  return tf.reshape(wide, [reachY, reachX, channels, multiplier]);
}
