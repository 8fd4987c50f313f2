import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelNames } from './kernel-names.ts';

/*
 * Optimizer steps in the formulas of PyTorch (torch.optim.SGD, torch.optim.Adam). They change the variables' values: in
 * place on cpu and wasm, by assigning new tensors elsewhere.
 */

/** weights −= learningRate · gradient */
export function sgdStep(weights: tf.Variable, gradient: tf.Tensor, options: { learningRate: number }): void {
  if (hasKernel(kernelNames.sgdStep)) return runInPlace(kernelNames.sgdStep, { weights, gradient }, options);
  assign(weights, () => tf.sub(weights, tf.mul(gradient, options.learningRate)));
}

/** velocity = momentum · velocity + gradient; weights −= learningRate · (nesterov ? gradient + momentum · velocity : velocity) */
export function momentumStep(
  weights: tf.Variable,
  gradient: tf.Tensor,
  velocity: tf.Variable,
  options: { learningRate: number; momentum: number; nesterov: boolean },
): void {
  if (hasKernel(kernelNames.momentumStep)) {
    return runInPlace(kernelNames.momentumStep, { weights, gradient, velocity }, options);
  }
  const { learningRate, momentum, nesterov } = options;
  assign(velocity, () => tf.add(tf.mul(velocity, momentum), gradient));
  assign(weights, () => {
    const step = nesterov ? tf.add(gradient, tf.mul(velocity, momentum)) : velocity;
    return tf.sub(weights, tf.mul(step, learningRate));
  });
}

/** Settings of Adam for one step; `step` counts from 1. */
export interface AdamOptions {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  step: number;
}

/** Adam (Kingma and Ba 2015): weights −= learningRate · m̂ / (√v̂ + epsilon), bias-corrected moments. */
export function adamStep(
  weights: tf.Variable,
  gradient: tf.Tensor,
  moments: { first: tf.Variable; second: tf.Variable },
  options: AdamOptions,
): void {
  const { first, second } = moments;
  const { beta1, beta2, epsilon } = options;
  const scaled = adamScales(options);
  if (hasKernel(kernelNames.adamStep)) {
    return runInPlace(kernelNames.adamStep, { weights, gradient, first, second }, { ...options, ...scaled });
  }
  assign(first, () => tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
  assign(second, () => tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
  assign(weights, () => {
    const divisor = tf.add(tf.mul(tf.sqrt(second), scaled.inverseRoot), epsilon);
    return tf.sub(weights, tf.div(tf.mul(first, scaled.rate), divisor));
  });
}

/** The bias corrections, folded into two factors. */
export function adamScales({ learningRate, beta1, beta2, step }: AdamOptions): { rate: number; inverseRoot: number } {
  return { rate: learningRate / (1 - beta1 ** step), inverseRoot: 1 / Math.sqrt(1 - beta2 ** step) };
}

function runInPlace(kernel: string, inputs: { [name: string]: tf.Tensor }, attrs: object): void {
  for (const input of Object.values(inputs)) if (input instanceof tf.Variable) unshare(input);
  tf.engine().runKernel(kernel, inputs, { ...attrs });
}

/** A variable shares its values with its clones and reshapes: those must keep them when it changes in place. */
function unshare(variable: tf.Variable): void {
  if (tf.backend().refCount(variable.dataId) > 1) assign(variable, () => tf.mul(variable, 1));
}

function assign(variable: tf.Variable, value: () => tf.Tensor): void {
  const next = tf.tidy(value);
  variable.assign(next);
  next.dispose();
}
