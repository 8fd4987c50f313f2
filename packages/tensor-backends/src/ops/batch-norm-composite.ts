import * as tf from '@tensorflow/tfjs-core';
import type { BatchNormResult } from './batch-norm.ts';
import { collective } from './collective.ts';
import { globalGradientSums, globalStatistics } from './global-statistics.ts';

/** Batch normalization in training, of tfjs's ops: for backends without the kernel. */
export function compositeBatchNorm(
  x: tf.Tensor,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
): BatchNormResult {
  if (collective().count > 1) return replicaBatchNorm(x, gamma, beta, epsilon);
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  const mean = tf.mean(x, axes) as tf.Tensor1D;
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), axes) as tf.Tensor1D;
  const y = tf.add(tf.mul(centred, tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)))), beta);
  return { y, mean, variance };
}

/** What replicas sum is read back from the backend. */
function replicaBatchNorm(x: tf.Tensor, gamma: tf.Tensor1D, beta: tf.Tensor1D, epsilon: number): BatchNormResult {
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
