import * as tf from '@tensorflow/tfjs-core';

/** All axes of a kernel [height, width, in, out] but the filters. */
const AXES = [0, 1, 2];

/**
 * `ŵ = (w − mean(w)) / √(var(w) + ε)` over the weights of each filter, with its gradient by hand:
 * `dw = (g − mean(g) − ŵ · mean(g · ŵ)) / √(var(w) + ε)`.
 */
export function standardizeKernel(kernel: tf.Tensor4D, epsilon: number): tf.Tensor4D {
  const op = tf.customGrad((...given) => {
    const [w, save] = given as [tf.Tensor4D, tf.GradSaveFunc];
    const centred = tf.sub(w, tf.mean(w, AXES, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), AXES, true), epsilon));
    const standard = tf.mul(centred, inverse);
    save([standard, inverse]);
    return {
      value: standard,
      gradFunc: (g: tf.Tensor, saved: tf.Tensor[]) => {
        const [hat, factor] = saved as [tf.Tensor, tf.Tensor];
        const along = tf.mul(hat, tf.mean(tf.mul(g, hat), AXES, true));
        return tf.mul(tf.sub(tf.sub(g, tf.mean(g, AXES, true)), along), factor);
      },
    };
  });
  return op(kernel) as tf.Tensor4D;
}
