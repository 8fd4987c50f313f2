import * as tf from '@tensorflow/tfjs-core';

/** A variable shares its values with its clones and reshapes: those must keep them when it changes in place. */
export function unshare(variable: tf.Variable): void {
  if (tf.backend().refCount(variable.dataId) <= 1) return;
  const own = tf.mul(variable, 1);
  variable.assign(own);
  own.dispose();
}
