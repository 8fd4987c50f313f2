import * as tf from '@tensorflow/tfjs-core';
import { collective } from './collective.ts';
import { globalGradientSums, globalStatistics } from './global-statistics.ts';
import { hasKernel, kernelNames } from './kernel-names.ts';

/** y has x's shape; mean and variance [channels] are of the batch, the variance divided by the number of rows. */
export interface BatchNormResult {
  y: tf.Tensor;
  mean: tf.Tensor1D;
  variance: tf.Tensor1D;
}

/**
 * Batch normalization over all axes but the last, with the batch's own statistics (Ioffe and Szegedy 2015), in two
 * passes over x; differentiable in x, gamma and beta. Gradients do not flow through `mean` and `variance`.
 *
 * In a replica (see `joinCollective`) the statistics, also those behind the gradient in x, are of the global batch; the
 * gradients in gamma and beta are those of the replica's rows, to be summed with the others'. All replicas call it
 * together, forward and backward, also one without rows.
 *
 * @param gamma [channels], @param beta [channels]
 * @param activation Applied to y; on wasm in the same passes, forward and backward.
 */
export function batchNormTraining(
  x: tf.Tensor,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
  activation: 'linear' | 'relu' = 'linear',
): BatchNormResult {
  const kernel = activation === 'relu' ? kernelNames.batchNormRelu : kernelNames.batchNorm;
  if (hasKernel(kernel)) {
    const [y, mean, variance] = tf.engine().runKernel(kernel, { x, gamma, beta }, { epsilon }) as [
      tf.Tensor,
      tf.Tensor1D,
      tf.Tensor1D,
    ];
    return { y, mean, variance };
  }
  if (activation === 'relu') {
    const { y, ...statistics } = batchNormTraining(x, gamma, beta, epsilon);
    return { y: tf.relu(y), ...statistics };
  }
  if (collective().count > 1) return compositeReplica(x, gamma, beta, epsilon);
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  const mean = tf.mean(x, axes) as tf.Tensor1D;
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), axes) as tf.Tensor1D;
  const y = tf.add(tf.mul(centred, tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)))), beta);
  return { y, mean, variance };
}

/** For backends without the kernel: what replicas sum is read back. */
function compositeReplica(x: tf.Tensor, gamma: tf.Tensor1D, beta: tf.Tensor1D, epsilon: number): BatchNormResult {
  const channels = gamma.shape[0];
  const { mean, variance } = tf.tidy(() => statisticsOf(tf.reshape(x, [-1, channels])));
  const normalize = tf.customGrad((...args) => {
    const [images, scale, shift, save] = args as [tf.Tensor, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    save([images, scale]);
    const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon)));
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [x0, gamma0] = saved as [tf.Tensor, tf.Tensor1D];
      return compositeGradients(x0, gamma0, mean, variance, dy, epsilon);
    };
    return { value: tf.add(tf.mul(tf.sub(images, mean), factor), shift), gradFunc };
  });
  return { y: normalize(x, gamma, beta), mean, variance };
}

function statisticsOf(rows: tf.Tensor2D): { mean: tf.Tensor1D; variance: tf.Tensor1D } {
  const [count, channels] = rows.shape;
  const own = count === 0 ? tf.zeros([channels]) : tf.mean(rows, 0);
  const squares = tf.sum(tf.square(tf.sub(rows, own)), 0);
  const whole = globalStatistics({
    rows: count,
    mean: Float64Array.from(own.dataSync()),
    squares: Float64Array.from(squares.dataSync()),
  });
  const variance = Float32Array.from(whole.squares, (value) => value / whole.rows);
  return { mean: tf.tensor1d(Float32Array.from(whole.mean)), variance: tf.tensor1d(variance) };
}

function compositeGradients(
  x: tf.Tensor,
  gamma: tf.Tensor1D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
  dy: tf.Tensor,
  epsilon: number,
): tf.Tensor[] {
  const channels = gamma.shape[0];
  const deviation = tf.rsqrt(tf.add(variance, epsilon));
  const unit = tf.mul(tf.sub(x, mean), deviation);
  const columns = (values: tf.Tensor) => tf.sum(tf.reshape(values, [-1, channels]), 0);
  const [dBeta, dGamma] = [columns(dy), columns(tf.mul(dy, unit))];
  const whole = globalGradientSums({
    rows: x.size / channels,
    sums: Float64Array.from(dBeta.dataSync()),
    dots: Float64Array.from(dGamma.dataSync()),
  });
  const share = (sums: Float64Array) => tf.tensor1d(Float32Array.from(sums, (sum) => sum / whole.rows));
  const rest = tf.add(share(whole.sums), tf.mul(unit, share(whole.dots)));
  return [tf.mul(tf.mul(gamma, deviation), tf.sub(dy, rest)), dGamma, dBeta];
}

/** Of either kernel: the ReLU's mask is computed again from x, so y is not kept. */
function gradientOf(kernelName: string, rectify: boolean): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['x', 'gamma', 'beta'],
    outputsToSave: [false, true, true],
    gradFunc: (dys, saved, attrs) => {
      const [dy] = dys as tf.Tensor[];
      const [x, gamma, beta, mean, variance] = saved;
      // At once, not in the thunks: tfjs tidies each thunk, and one pass makes all three.
      const inputs = { x, gamma, beta, mean, variance, dy } as tf.NamedTensorMap;
      const [dx, dGamma, dBeta] = tf
        .engine()
        .runKernel(kernelNames.batchNormGrad, inputs, { ...attrs, rectify }) as tf.Tensor[];
      return { x: () => dx as tf.Tensor, gamma: () => dGamma as tf.Tensor, beta: () => dBeta as tf.Tensor };
    },
  };
}

export const batchNormGradient = gradientOf(kernelNames.batchNorm, false);
export const batchNormReluGradient = gradientOf(kernelNames.batchNormRelu, true);
