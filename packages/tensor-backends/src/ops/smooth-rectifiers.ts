import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelNames } from './kernel-names.ts';

/**
 * Mish, `x · tanh(softplus(x))` (Misra 2019): one kernel each way on wasm, composed elsewhere. Both keep x alone for the
 * gradient dy · (t + x · sigmoid(x) · (1 − t²)), t = tanh(softplus(x)); plain composition keeps three tensors of its size.
 */
export function mish(x: tf.Tensor): tf.Tensor {
  return hasKernel(kernelNames.mish) ? tf.engine().runKernel(kernelNames.mish, { x }) : composedMish(x);
}

/** GELU, `x · (1 + erf(x / √2)) / 2` (Hendrycks and Gimpel 2016): one kernel each way on wasm, composed elsewhere. */
export function gelu(x: tf.Tensor): tf.Tensor {
  if (hasKernel(kernelNames.gelu)) return tf.engine().runKernel(kernelNames.gelu, { x });
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}

function composedMish(x: tf.Tensor): tf.Tensor {
  const op = tf.customGrad((...given) => {
    const [at, save] = given as [tf.Tensor, tf.GradSaveFunc];
    save([at]);
    return {
      value: tf.mul(at, tf.tanh(tf.softplus(at))),
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => {
        const input = saved as tf.Tensor;
        const t = tf.tanh(tf.softplus(input));
        const slope = tf.mul(tf.mul(input, tf.sigmoid(input)), tf.sub(1, tf.square(t)));
        return tf.mul(dy, tf.add(t, slope));
      },
    };
  });
  return op(x);
}

function gradientOf(kernelName: string, gradientName: string): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({
      x: () => tf.engine().runKernel(gradientName, { x, dy } as tf.NamedTensorMap) as tf.Tensor,
    }),
  };
}

export const smoothRectifierGradients: tf.GradConfig[] = [
  gradientOf(kernelNames.mish, kernelNames.mishGrad),
  gradientOf(kernelNames.gelu, kernelNames.geluGrad),
];
