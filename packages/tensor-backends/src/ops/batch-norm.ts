import * as tf from '@tensorflow/tfjs-core';
import { reluGrad } from '../gradients/shared.ts';
import { addRelu } from './add-relu.ts';
import { compositeBatchNorm } from './batch-norm-composite.ts';
import { hasKernel, kernelNames } from './kernel-names.ts';
import { unshare } from './unshare.ts';

/** y has x's shape; mean and variance [channels] are of the batch, the variance divided by the number of rows. */
export interface BatchNormResult {
  y: tf.Tensor;
  mean: tf.Tensor1D;
  variance: tf.Tensor1D;
}

/** What follows the normalization, in the same pass. */
export type BatchNormActivation = 'linear' | 'relu';

/** Statistics [channels] that follow those of the batches: moving = momentum · moving + (1 − momentum) · batch. */
export interface MovingStatistics {
  mean: tf.Variable;
  variance: tf.Variable;
  momentum: number;
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
 * @param moving Moved by this batch, in place on wasm and cpu.
 */
export function batchNormTraining(
  x: tf.Tensor,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
  activation: BatchNormActivation = 'linear',
  moving?: MovingStatistics,
): BatchNormResult {
  const kernel = activation === 'relu' ? kernelNames.batchNormRelu : kernelNames.batchNorm;
  if (hasKernel(kernel)) return run(kernel, { x, gamma, beta }, { epsilon }, moving);
  if (activation === 'relu') {
    const { y, ...statistics } = batchNormTraining(x, gamma, beta, epsilon, 'linear', moving);
    return { y: tf.relu(y), ...statistics };
  }
  const result = compositeBatchNorm(x, gamma, beta, epsilon);
  if (moving !== undefined) {
    move(moving.mean, result.mean, moving.momentum);
    move(moving.variance, result.variance, moving.momentum);
  }
  return result;
}

/**
 * activation(batch normalization of x + addend): the sum of a residual block, in the normalization's second pass on wasm.
 * Differentiable in all four; see {@link batchNormTraining}.
 *
 * @param addend Of x's shape.
 */
export function batchNormAdd(
  x: tf.Tensor,
  addend: tf.Tensor,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
  activation: BatchNormActivation = 'linear',
  moving?: MovingStatistics,
): BatchNormResult {
  if (!tf.util.arraysEqual(x.shape, addend.shape)) {
    throw new Error(`batchNormAdd: the shapes must be equal; received [${x.shape}] and [${addend.shape}].`);
  }
  if (hasKernel(kernelNames.batchNormAdd)) {
    return run(kernelNames.batchNormAdd, { x, addend, gamma, beta }, { epsilon, activation }, moving);
  }
  const { y, ...statistics } = batchNormTraining(x, gamma, beta, epsilon, 'linear', moving);
  return { y: activation === 'relu' ? addRelu(y, addend) : tf.add(y, addend), ...statistics };
}

/** Moves the moving statistics with it, in place. */
function run(
  kernel: string,
  tensors: tf.NamedTensorMap,
  attrs: tf.NamedAttrMap,
  moving: MovingStatistics | undefined,
): BatchNormResult {
  const inputs = { ...tensors };
  if (moving !== undefined) {
    for (const name of ['mean', 'variance'] as const) {
      unshare(moving[name]);
      inputs[name] = moving[name];
    }
  }
  const [y, mean, variance] = tf.engine().runKernel(kernel, inputs, {
    ...attrs,
    momentum: moving?.momentum ?? 1,
  }) as [tf.Tensor, tf.Tensor1D, tf.Tensor1D];
  return { y, mean, variance };
}

function move(moving: tf.Variable, batch: tf.Tensor, momentum: number): void {
  const next = tf.tidy(() => tf.sub(moving, tf.mul(tf.sub(moving, batch), 1 - momentum)));
  moving.assign(next);
  next.dispose();
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

export const batchNormAddGradient: tf.GradConfig = {
  kernelName: kernelNames.batchNormAdd,
  inputsToSave: ['x', 'gamma', 'beta'],
  outputsToSave: [true, true, true],
  gradFunc: (dys, saved, attrs) => {
    const [dy] = dys as tf.Tensor[];
    const [x, gamma, beta, y, mean, variance] = saved;
    const before = attrs['activation'] === 'relu' ? reluGrad(dy as tf.Tensor, y as tf.Tensor) : (dy as tf.Tensor);
    const inputs = { x, gamma, beta, mean, variance, dy: before } as tf.NamedTensorMap;
    const [dx, dGamma, dBeta] = tf
      .engine()
      .runKernel(kernelNames.batchNormGrad, inputs, { ...attrs, rectify: false }) as tf.Tensor[];
    return {
      x: () => dx as tf.Tensor,
      addend: () => before,
      gamma: () => dGamma as tf.Tensor,
      beta: () => dBeta as tf.Tensor,
    };
  },
};

export const batchNormGradient = gradientOf(kernelNames.batchNorm, false);
export const batchNormReluGradient = gradientOf(kernelNames.batchNormRelu, true);
