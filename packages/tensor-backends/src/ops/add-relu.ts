import * as tf from '@tensorflow/tfjs-core';
import { reluGrad } from '../gradients/shared.ts';
import { hasKernel, kernelNames } from './kernel-names.ts';

/** relu(a + b) of tensors of one shape, in one pass each way; both get the same gradient tensor. */
export function addRelu<T extends tf.Tensor>(a: T, b: T): T {
  if (!tf.util.arraysEqual(a.shape, b.shape)) {
    throw new Error(`addRelu: the shapes must be equal; received [${a.shape}] and [${b.shape}].`);
  }
  if (!hasKernel(kernelNames.addRelu)) return tf.relu(tf.add(a, b)) as T;
  return tf.engine().runKernel(kernelNames.addRelu, { a, b }) as T;
}

export const addReluGradient: tf.GradConfig = {
  kernelName: kernelNames.addRelu,
  outputsToSave: [true],
  gradFunc: (dy, [y]) => {
    // At once: both branches take it, and tfjs tidies each thunk.
    const before = reluGrad(dy as tf.Tensor, y as tf.Tensor);
    return { a: () => before, b: () => before };
  },
};
