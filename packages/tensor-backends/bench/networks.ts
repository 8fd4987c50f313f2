import * as tf from '@tensorflow/tfjs-core';
import {
  adamStep,
  batchNormAdd,
  batchNormTraining,
  fusedConv2d,
  fusedDense,
  maxPoolRelu,
  softmaxCrossEntropy,
} from '../src/index.ts';
import { now } from './measure.ts';

/** A network as ops, with the weights that it trains. */
export interface Network {
  name: string;
  weights: tf.Variable[];
  logits(x: tf.Tensor4D): tf.Tensor2D;
}

/** conv 32 – pool – conv 64 – pool – dense on 28×28×1. */
export function cnn(): Network {
  const [w1, b1, w2, b2, w3, b3] = variables([3, 3, 1, 32], [32], [3, 3, 32, 64], [64], [7 * 7 * 64, 10], [10]);
  return {
    name: 'cnn',
    weights: [w1, b1, w2, b2, w3, b3],
    logits: (x) => {
      const first = pooled(conv(x, w1, null, 'linear'), b1);
      const second = pooled(conv(first, w2, null, 'linear'), b2);
      return fusedDense(tf.reshape(second, [x.shape[0], -1]), w3 as tf.Variable<tf.Rank.R2>, b3 as Vector, 'linear');
    },
  };
}

/** One residual block of 64 channels with batch norm and a 1×1 shortcut, then batch norm, ReLU, pool, dense on 28×28×1. */
export function residual(): Network {
  const [w1, b1, w2, b2, w3, w4, b4] = variables(
    [3, 3, 1, 64],
    [64],
    [3, 3, 64, 64],
    [64],
    [1, 1, 1, 64],
    [14 * 14 * 64, 10],
    [10],
  );
  const norms = [0, 1, 2].map(() => ({ gamma: tf.variable(tf.ones([64])), beta: tf.variable(tf.zeros([64])) }));
  const norm = (x: tf.Tensor, index: number, activation: 'linear' | 'relu') => {
    const { gamma, beta } = norms[index]!;
    return batchNormTraining(x, gamma as Vector, beta as Vector, 1e-3, activation).y as tf.Tensor4D;
  };
  return {
    name: 'residual',
    weights: [w1, b1, w2, b2, w3, w4, b4, ...norms.flatMap(({ gamma, beta }) => [gamma, beta])],
    logits: (x) => {
      const inner = norm(conv(x, w1, b1, 'linear'), 0, 'relu');
      const { gamma, beta } = norms[1]!;
      const [main, shortcut] = [conv(inner, w2, b2, 'linear'), conv(x, w3, null, 'linear')];
      const block = batchNormAdd(main, shortcut, gamma as Vector, beta as Vector, 1e-3).y as tf.Tensor4D;
      const pooled = tf.maxPool(norm(block, 2, 'relu'), 2, 2, 'valid');
      return fusedDense(tf.reshape(pooled, [x.shape[0], -1]), w4 as tf.Variable<tf.Rank.R2>, b4 as Vector, 'linear');
    },
  };
}

type Vector = tf.Variable<tf.Rank.R1>;

function conv(x: tf.Tensor4D, filter: tf.Variable, bias: tf.Variable | null, activation: 'linear' | 'relu') {
  return fusedConv2d(x, filter as tf.Variable<tf.Rank.R4>, bias as Vector | null, {
    strides: 1,
    pad: 'same',
    activation,
  });
}

function pooled(x: tf.Tensor4D, bias: tf.Variable) {
  return maxPoolRelu(x, bias as Vector, { filterSize: [2, 2], strides: [2, 2], pad: 'valid' });
}

function variables<const S extends readonly number[][]>(...shapes: S): { [K in keyof S]: tf.Variable } {
  return shapes.map((shape) => tf.variable(tf.mul(tf.randomNormal(shape), 0.1))) as { [K in keyof S]: tf.Variable };
}

/** Milliseconds of one training step. */
export interface StepTimes {
  forward: number;
  backward: number;
  optimizer: number;
}

/** One step of Adam on a batch after the other; returns its times. */
export function trainer(network: Network, batch: number): () => StepTimes {
  const x = tf.randomNormal([batch, 28, 28, 1]) as tf.Tensor4D;
  const labels = tf.tensor1d(
    Array.from({ length: batch }, (_, i) => i % 10),
    'int32',
  );
  const zeros = () => network.weights.map((w) => tf.variable(tf.zerosLike(w)));
  const moments = { first: zeros(), second: zeros() };
  let step = 0;
  return () => {
    step++;
    const start = now();
    let afterForward = 0;
    const { value, grads } = tf.variableGrads(() => {
      const { loss } = softmaxCrossEntropy(network.logits(x), labels);
      afterForward = now();
      return loss;
    }, network.weights);
    const afterBackward = now();
    const gradients = network.weights.map(({ name }) => grads[name] as tf.Tensor);
    adamStep(network.weights, gradients, moments, {
      learningRate: 1e-3,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      step,
    });
    const end = now();
    tf.dispose([value, ...Object.values(grads)]);
    return { forward: afterForward - start, backward: afterBackward - afterForward, optimizer: end - afterBackward };
  };
}
