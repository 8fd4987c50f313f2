import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from '@ablate/random';
import type { Bench } from './bench.ts';
import { arrayOf, inputsOf, LAYER_NAME, noise, outputOf, tensorOf, weightsOf } from './bench-model.ts';
import { ContractError, expectAtMost, NothingToCheck } from './check-result.ts';
import type { NdArray } from './nd-array.ts';
import { referenceOf } from './reference.ts';

/**
 * Steps along a unit direction, and what the slope may differ by, of the gradient's norm, at least 1. With a reference,
 * only the layer is rounded to single precision; without, also the differences are, and ReLUs change sides within them.
 */
const precise = { step: 1e-6, tolerance: 2e-4 };
const coarse = { step: 1e-3, tolerance: 5e-3 };
const DIRECTIONS = 3;

/** Gradients of the inputs, in training, are those of central differences along random directions. */
export function checkInputGradients(bench: Bench): string {
  const { layerCase, built } = bench;
  const inputs = inputsOf(layerCase);
  const head = headOf(bench);
  const gradients = tf.grads((...x: tf.Tensor[]) => tf.sum(tf.mul(outputOf(built, x, true), head)))(
    inputs.map(tensorOf),
  );
  return compare(bench, gradients.map(arrayOf), inputs, (given) => lossOf(bench, given, weightsOf(built)));
}

/** So are those of the trainable weights. */
export function checkWeightGradients(bench: Bench): string {
  const { layerCase, built } = bench;
  const trainable = built.trainableWeights;
  if (trainable.length === 0) throw new NothingToCheck('no weights');
  const inputs = inputsOf(layerCase);
  const head = headOf(bench);
  const variables = trainable.map((weight) => weight.read() as tf.Variable);
  const tensors = inputs.map(tensorOf);
  const { grads } = tf.variableGrads(() => tf.sum(tf.mul(outputOf(built, tensors, true), head)), variables);
  const gradients = variables.map(({ name }) => {
    const gradient = grads[name];
    if (gradient === undefined || gradient === null) throw new ContractError(`${name} must have a gradient.`);
    return arrayOf(gradient);
  });
  const values = weightsOf(built);
  const names = trainable.map(({ originalName }) => originalName.slice(LAYER_NAME.length + 1));
  return compare(
    bench,
    gradients,
    names.map((name) => values[name] as NdArray),
    (given) => {
      const moved = Object.fromEntries(names.map((name, i) => [name, given[i] as NdArray]));
      return lossOf(bench, inputs, { ...values, ...moved });
    },
  );
}

/** One step against the gradient, of weights or else of inputs, makes a squared error smaller as its slope says. */
export function checkLowersLoss({ layerCase, built }: Bench): void {
  const inputs = inputsOf(layerCase).map(tensorOf);
  const target = tensorOf(noise(outputOf(built, inputs).shape, 'target'));
  const loss = (x: readonly tf.Tensor[]) => tf.mean(tf.square(tf.sub(outputOf(built, x, true), target))) as tf.Scalar;
  const variables = built.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const before = loss(inputs).dataSync()[0] as number;
  const gradients =
    variables.length > 0
      ? variables.map(({ name }) => tf.variableGrads(() => loss(inputs), variables).grads[name] as tf.Tensor)
      : tf.grads((...x: tf.Tensor[]) => loss(x))(inputs);
  const squares = gradients.reduce((sum, gradient) => sum + (tf.sum(tf.square(gradient)).dataSync()[0] as number), 0);
  const startValues = variables.length > 0 ? variables.map((variable) => tf.clone(variable)) : inputs;
  // Expected to take away a hundredth of the loss; where that is too long a step for the slope to hold, half of it.
  let after = Infinity;
  for (let halvings = 0; halvings <= 7; halvings++) {
    const share = 0.01 / 2 ** halvings;
    const rate = (share * before) / squares;
    const moved = startValues.map((value, i) => tf.sub(value, tf.mul(gradients[i] as tf.Tensor, rate)));
    variables.forEach((variable, i) => variable.assign(moved[i] as tf.Tensor));
    after = loss(variables.length > 0 ? inputs : moved).dataSync()[0] as number;
    if (after <= before * (1 - 0.3 * share)) return;
  }
  throw new ContractError(
    `a step against the gradient must lower a loss (=${before}); the shortest tried leaves ${after}.`,
  );
}

/** What the output is multiplied with, to make one number of it. */
function headOf({ subject, layerCase, args }: Bench): tf.Tensor {
  const [batch] = inputsOf(layerCase)[0]?.shape ?? [];
  return tensorOf(noise([batch ?? 0, ...subject.descriptor.outputShape(args, layerCase.inputs)], 'head'));
}

/** Σ head · y in double precision, y from the reference, or where there is none from the model. */
function lossOf(bench: Bench, inputs: readonly NdArray[], weights: Readonly<Record<string, NdArray>>): number {
  const { subject, args } = bench;
  const y =
    subject.reference === undefined
      ? modelOutput(bench, inputs, weights)
      : referenceOf(subject, args, inputs, weights, true).y;
  const head = noise(y.shape, 'head');
  return y.data.reduce((sum, value, i) => sum + value * (head.data[i] as number), 0);
}

function modelOutput(
  { built }: Bench,
  inputs: readonly NdArray[],
  weights: Readonly<Record<string, NdArray>>,
): NdArray {
  const names = built.weights.map(({ originalName }) => originalName.slice(LAYER_NAME.length + 1));
  const y = tf.tidy(() => {
    built.setWeights(names.map((name) => tensorOf(weights[name] as NdArray)));
    return outputOf(built, inputs.map(tensorOf), true);
  });
  const values = arrayOf(y);
  y.dispose();
  return values;
}

function compare(
  { subject }: Bench,
  gradients: readonly NdArray[],
  values: readonly NdArray[],
  loss: (given: readonly NdArray[]) => number,
): string {
  const { step, tolerance } = subject.reference === undefined ? coarse : precise;
  let worst = 0;
  values.forEach((value, part) => {
    const gradient = gradients[part] as NdArray;
    for (let i = 0; i < DIRECTIONS; i++) {
      const direction = unitDirection(value.data.length, `direction ${part} ${i}`);
      const moved = (sign: number) =>
        loss(values.map((other, j) => (j === part ? shifted(other, direction, sign * step) : other)));
      const numeric = (moved(1) - moved(-1)) / (2 * step);
      const analytic = dot(gradient.data, direction);
      const error = Math.abs(numeric - analytic) / Math.max(1, Math.sqrt(dot(gradient.data, gradient.data)));
      expectAtMost(`the error of gradient ${part} (${analytic} where differences say ${numeric})`, error, tolerance);
      worst = Math.max(worst, error);
    }
  });
  return `largest error ${worst.toExponential(1)}`;
}

function unitDirection(length: number, name: string): Float64Array {
  const normals = Float64Array.from(randomStream(11, name).fillNormal(new Float32Array(length)));
  const norm = Math.sqrt(dot(normals, normals));
  return normals.map((value) => value / norm);
}

function shifted({ shape, data }: NdArray, direction: Float64Array, by: number): NdArray {
  return { shape, data: data.map((value, i) => value + by * (direction[i] as number)) };
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}
