import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelNames } from './kernel-names.ts';

/*
 * Optimizer steps over all weights of a model at once, in the formulas of PyTorch (torch.optim.SGD, Adam, AdamW, RMSprop).
 * They change the variables' values: in place, by one kernel, on cpu and wasm; by assigning new tensors elsewhere.
 */

/** One tensor for each weight, in the order of the weights. */
export type PerWeight<T = tf.Variable> = readonly T[];

/** Settings that every step has. */
export interface StepOptions {
  learningRate: number;
  /** L2: weightDecay[i] · weight is added to gradient i, as PyTorch's `weight_decay` does. Default: none. */
  weightDecay?: PerWeight<number>;
}

/** weights −= learningRate · gradient */
export function sgdStep(weights: PerWeight, gradients: PerWeight<tf.Tensor>, options: StepOptions): void {
  const { learningRate } = options;
  if (runInPlace(kernelNames.sgdStep, [weights, gradients], { ...options })) return;
  for (const [i, w] of weights.entries()) {
    assign(w, () => tf.sub(w, tf.mul(decayed(w, gradients[i], options.weightDecay?.[i]), learningRate)));
  }
}

/** Settings of {@link momentumStep}. */
export interface MomentumOptions extends StepOptions {
  momentum: number;
  nesterov: boolean;
}

/** velocity = momentum · velocity + gradient; weights −= learningRate · (nesterov ? gradient + momentum · velocity : velocity) */
export function momentumStep(
  weights: PerWeight,
  gradients: PerWeight<tf.Tensor>,
  velocities: PerWeight,
  options: MomentumOptions,
): void {
  const { learningRate, momentum, nesterov } = options;
  if (runInPlace(kernelNames.momentumStep, [weights, gradients, velocities], { ...options })) return;
  for (const [i, w] of weights.entries()) {
    const velocity = velocities[i] as tf.Variable;
    const gradient = tf.tidy(() => decayed(w, gradients[i], options.weightDecay?.[i]));
    assign(velocity, () => tf.add(tf.mul(velocity, momentum), gradient));
    assign(w, () => {
      const step = nesterov ? tf.add(gradient, tf.mul(velocity, momentum)) : velocity;
      return tf.sub(w, tf.mul(step, learningRate));
    });
    if (gradient !== gradients[i]) gradient.dispose();
  }
}

/** Settings of {@link adamStep} for one step; `step` counts from 1. */
export interface AdamOptions extends StepOptions {
  beta1: number;
  beta2: number;
  epsilon: number;
  step: number;
  /** AdamW: the weights shrink by learningRate · weightDecay[i] of themselves, and gradients are not touched. Default false. */
  decoupled?: boolean;
}

/**
 * Adam (Kingma and Ba 2015), and AdamW (Loshchilov and Hutter 2019) where `decoupled`:
 * weights −= learningRate · m̂ / (√v̂ + epsilon), with bias-corrected moments.
 */
export function adamStep(
  weights: PerWeight,
  gradients: PerWeight<tf.Tensor>,
  moments: { first: PerWeight; second: PerWeight },
  options: AdamOptions,
): void {
  const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled = false } = options;
  const scales = adamScales(options);
  const columns = [weights, gradients, moments.first, moments.second];
  if (runInPlace(kernelNames.adamStep, columns, { ...options, ...scales, decoupled })) return;
  for (const [i, w] of weights.entries()) {
    const [first, second] = [moments.first[i], moments.second[i]] as [tf.Variable, tf.Variable];
    const decay = weightDecay?.[i] ?? 0;
    const gradient = tf.tidy(() => decayed(w, gradients[i], decoupled ? 0 : decay));
    assign(first, () => tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
    assign(second, () => tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
    assign(w, () => {
      const divisor = tf.add(tf.mul(tf.sqrt(second), scales.inverseRoot), epsilon);
      const kept = decoupled ? tf.mul(w, 1 - learningRate * decay) : w;
      return tf.sub(kept, tf.div(tf.mul(first, scales.rate), divisor));
    });
    if (gradient !== gradients[i]) gradient.dispose();
  }
}

/** The bias corrections, folded into two factors. */
function adamScales({ learningRate, beta1, beta2, step }: AdamOptions): { rate: number; inverseRoot: number } {
  return { rate: learningRate / (1 - beta1 ** step), inverseRoot: 1 / Math.sqrt(1 - beta2 ** step) };
}

/** Settings of {@link rmspropStep}; `rho` is PyTorch's `alpha`. */
export interface RmspropOptions extends StepOptions {
  rho: number;
  momentum: number;
  epsilon: number;
}

/**
 * RMSprop (Tieleman and Hinton 2012), not centred: square = rho · square + (1 − rho) · gradient²;
 * step = gradient / (√square + epsilon); weights −= learningRate · step. With velocities (give them where momentum > 0):
 * velocity = momentum · velocity + step, and that is the step.
 */
export function rmspropStep(
  weights: PerWeight,
  gradients: PerWeight<tf.Tensor>,
  slots: { square: PerWeight; velocity?: PerWeight },
  options: RmspropOptions,
): void {
  const { learningRate, rho, momentum, epsilon } = options;
  if ((slots.velocity !== undefined) !== momentum > 0) {
    throw new Error(
      `rmspropStep: velocities must be given exactly where momentum is above 0; received momentum ${momentum} and ${slots.velocity ? 'velocities' : 'none'}.`,
    );
  }
  const columns = [weights, gradients, slots.square, ...(slots.velocity ? [slots.velocity] : [])];
  if (runInPlace(kernelNames.rmspropStep, columns, { ...options })) return;
  for (const [i, w] of weights.entries()) {
    const [square, velocity] = [slots.square[i] as tf.Variable, slots.velocity?.[i]];
    const gradient = tf.tidy(() => decayed(w, gradients[i], options.weightDecay?.[i]));
    assign(square, () => tf.add(tf.mul(square, rho), tf.mul(tf.square(gradient), 1 - rho)));
    const scaled = (): tf.Tensor => tf.div(gradient, tf.add(tf.sqrt(square), epsilon));
    if (velocity) assign(velocity, () => tf.add(tf.mul(velocity, momentum), scaled()));
    assign(w, () => tf.sub(w, tf.mul(velocity ?? scaled(), learningRate)));
    if (gradient !== gradients[i]) gradient.dispose();
  }
}

/** Exponential moving averages of weights: average = decay · average + (1 − decay) · weight. */
export function emaStep(averages: PerWeight, weights: PerWeight<tf.Tensor>, { decay }: { decay: number }): void {
  if (runInPlace(kernelNames.emaStep, [averages, weights], { decay })) return;
  for (const [i, average] of averages.entries()) {
    assign(average, () => tf.add(tf.mul(average, decay), tf.mul(weights[i] as tf.Tensor, 1 - decay)));
  }
}

/** The inputs of a kernel of these steps, a row for each weight: [weights, gradient, …slots]. */
export function rowsOf<T>(inputs: Readonly<Record<string, T>>, columns: number): T[][] {
  const tensors = Object.values(inputs);
  return Array.from({ length: tensors.length / columns }, (_, i) => tensors.slice(i * columns, (i + 1) * columns));
}

/** @returns Whether the backend has the kernel; then the step is done. */
function runInPlace(kernel: string, columns: readonly PerWeight<tf.Tensor>[], attrs: tf.NamedAttrMap): boolean {
  const [weights = []] = columns;
  for (const column of columns) {
    if (column.length === weights.length && column.every((tensor, i) => sameShape(tensor, weights[i]))) continue;
    const shapes = (tensors: PerWeight<tf.Tensor>) => tensors.map(({ shape }) => `[${shape}]`).join(' ') || 'none';
    throw new Error(
      `optimizer step: gradients and slots must have the shapes of the weights (=${shapes(weights)}); received ${shapes(column)}.`,
    );
  }
  if (!hasKernel(kernel)) return false;
  const tensors = weights.flatMap((_, i) => columns.map((column) => column[i] as tf.Tensor));
  for (const tensor of tensors) if (tensor instanceof tf.Variable) unshare(tensor);
  tf.engine().runKernel(kernel, Object.fromEntries(tensors.entries()), attrs);
  return true;
}

function sameShape(a: tf.Tensor, b: tf.Tensor | undefined): boolean {
  return b !== undefined && a.size === b.size && tf.util.arraysEqual(a.shape, b.shape);
}

/** A variable shares its values with its clones and reshapes: those must keep them when it changes in place. */
function unshare(variable: tf.Variable): void {
  if (tf.backend().refCount(variable.dataId) > 1) assign(variable, () => tf.mul(variable, 1));
}

function decayed(weights: tf.Tensor, gradient: tf.Tensor | undefined, l2 = 0): tf.Tensor {
  return l2 === 0 ? (gradient as tf.Tensor) : tf.add(gradient as tf.Tensor, tf.mul(weights, l2));
}

function assign(variable: tf.Variable, value: () => tf.Tensor): void {
  const next = tf.tidy(value);
  variable.assign(next);
  next.dispose();
}
