import * as tf from '@tensorflow/tfjs-core';
import { streamKey } from '@ablate/random';
import { adamStep } from '../src/index.ts';
import { kernelNames } from '../src/ops/kernel-names.ts';
import { type KernelCase, kernelRun, normal } from './kernels.ts';

/**
 * Kernels whose time is that of memory, on 64×28×28×64 values. Work is bytes of the passes that the method needs: batch
 * norm reads x twice forward, x and dy twice backward.
 */
export function* memoryBound(): Generator<KernelCase> {
  const shape = [64, 28, 28, 64] as const;
  const channels = 64;
  const x = normal(shape);
  const dy = normal(shape);
  const bytes = x.size * 4;
  yield {
    kernel: 'batch norm with ReLU',
    ...batchNorm(x, dy, channels),
  };
  yield {
    kernel: 'ReLU',
    operands: [],
    passes: [
      { name: 'forward', work: 2 * bytes, run: kernelRun('Relu', { x }, {}) },
      { name: 'backward', work: 3 * bytes, run: kernelRun(kernelNames.reluGrad, { dy, y: x }, {}) },
      { name: 'of a sum', work: 3 * bytes, run: kernelRun(kernelNames.addRelu, { a: x, b: dy }, {}) },
    ],
  };
  const pooled = normal([64, 14, 14, 64]);
  const pool = { filterSize: [2, 2], strides: [2, 2], pad: 'valid', dimRoundingMode: undefined };
  yield {
    kernel: 'max pooling 2×2',
    operands: [pooled],
    passes: [
      { name: 'forward', work: 1.25 * bytes, run: kernelRun('MaxPool', { x }, pool) },
      {
        name: 'backward',
        work: 2.25 * bytes,
        run: kernelRun('MaxPoolGrad', { dy: pooled, input: x, output: pooled }, pool),
      },
    ],
  };
  const place = { rate: 0.5, key: streamKey(1, 'dropout'), step: 1, row: 0 };
  yield {
    kernel: 'dropout',
    operands: [],
    passes: [{ name: 'either way', work: 2 * bytes, run: kernelRun(kernelNames.dropout, { x }, place) }],
  };
  tf.dispose([x, dy]);
  yield adam(2 ** 21);
}

function batchNorm(x: tf.Tensor, dy: tf.Tensor, channels: number): Omit<KernelCase, 'kernel'> {
  const bytes = x.size * 4;
  const [gamma, beta, mean, variance] = [tf.ones, tf.zeros, tf.zeros, tf.ones].map((fill) => fill([channels]));
  const given = { gamma, beta } as tf.NamedTensorMap;
  const kept = { mean, variance } as tf.NamedTensorMap;
  const attrs = { epsilon: 1e-3, momentum: 1 };
  return {
    operands: [...Object.values(given), ...Object.values(kept)],
    passes: [
      { name: 'forward', work: 3 * bytes, run: kernelRun(kernelNames.batchNormRelu, { x, ...given }, attrs) },
      {
        name: 'backward',
        work: 5 * bytes,
        run: kernelRun(kernelNames.batchNormGrad, { x, dy, ...given, ...kept }, { ...attrs, rectify: true }),
      },
    ],
  };
}

/** Reads weights, gradients and both moments, writes all but the gradients. */
function adam(weights: number): KernelCase {
  const variable = () => tf.variable(tf.zeros([weights]));
  const [w, first, second] = [variable(), variable(), variable()];
  const gradient = normal([weights]);
  const options = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 1 };
  return {
    kernel: 'Adam, 2 million weights',
    operands: [w, first, second, gradient],
    passes: [
      {
        name: 'step',
        work: 7 * 4 * weights,
        run: () => adamStep([w], [gradient], { first: [first], second: [second] }, options),
      },
    ],
  };
}
