import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { addRelu, dropout, dropoutMask, fusedDense } from '../../src/index.ts';
import { fillMask } from '../../src/ops/dropout.ts';
import { kernelNames } from '../../src/ops/kernel-names.ts';
import { absolute, errorOf, type KernelCheck, normals, sameOrInfinite, values } from './check.ts';

const asked = fc.record({ rows: fc.nat({ max: 150 }), channels: fc.integer({ min: 1, max: 20 }), seed: fc.nat() });
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

function check(kernel: string, bound: number, error: (c: Asked) => number, source = 'elementwise.ts'): KernelCheck {
  return {
    kernel,
    source,
    bound,
    samples: asked.map((c) => ({
      asked: `${c.rows} rows of ${c.channels}, seed ${c.seed}`,
      error: () => tf.tidy(() => error(c)),
    })),
  };
}

const run = (kernel: string, inputs: tf.NamedTensorMap, attrs: tf.NamedAttrMap = {}) =>
  tf.engine().runKernel(kernel, inputs, attrs);

const relu = (value: number) => Math.max(0, value);

/** Σ over rows, by column. */
function columnSums(x: ArrayLike<number>, channels: number): number[] {
  const sums = Array.from({ length: channels }, () => 0);
  for (let i = 0; i < x.length; i++) sums[i % channels]! += x[i]!;
  return sums;
}

export const elementwiseChecks: KernelCheck[] = [
  check('ReLU of a sum', 0, ({ rows, channels, seed }) => {
    const [a, b] = [normals(seed, 'a', [rows, channels]), normals(seed, 'b', [rows, channels])];
    const bs = values(b);
    const want = Array.from(values(a), (value, i) => relu(Math.fround(value + bs[i]!)));
    return sameOrInfinite(values(addRelu(a, b)), want);
  }),
  check('gradient of ReLU', 0, ({ rows, channels, seed }) => {
    const [y, dy] = [tf.relu(normals(seed, 'y', [rows, channels])), normals(seed, 'dy', [rows, channels])];
    const ys = values(y);
    const want = Array.from(values(dy), (value, i) => (ys[i]! > 0 ? value : 0));
    return sameOrInfinite(values(run(kernelNames.reluGrad, { y, dy }) as tf.Tensor), want);
  }),
  check('bias and ReLU', 0, ({ rows, channels, seed }) => {
    // The product with ones of one value is that value.
    const [x, bias] = [normals(seed, 'x', [rows, 1]), normals(seed, 'bias', [channels])];
    const bs = values(bias);
    const y = fusedDense(x as tf.Tensor2D, tf.ones([1, channels]), bias as tf.Tensor1D, 'relu');
    const want = Array.from(values(x)).flatMap((value) => Array.from(bs, (b) => relu(Math.fround(value + b))));
    return sameOrInfinite(values(y), want);
  }),
  check('gradient of ReLU and bias', 3e-7, ({ rows, channels, seed }) => {
    const [y, dy] = [tf.relu(normals(seed, 'y', [rows, channels])), normals(seed, 'dy', [rows, channels])];
    const ys = values(y);
    const want = Array.from(values(dy), (value, i) => (ys[i]! > 0 ? value : 0));
    const results = run(kernelNames.biasActivationGrad, { y, dy }, { activation: 'relu' }) as tf.Tensor[];
    const [before, bias] = results.map(values);
    const sums = errorOf(bias!, columnSums(want, channels), columnSums(absolute(want), channels));
    return Math.max(sameOrInfinite(before!, want), sums);
  }),
  check('sums of columns', 3e-7, ({ rows, channels, seed }) => {
    const x = normals(seed, 'x', [rows, channels]);
    const got = values(run(kernelNames.columnSums, { x }) as tf.Tensor);
    return errorOf(got, columnSums(values(x), channels), columnSums(absolute(values(x)), channels));
  }),
  check('sums of segments', 3e-7, ({ rows, channels, seed }) => {
    const x = normals(seed, 'x', [rows, channels]);
    const ids = Int32Array.from({ length: rows }, (_, row) => (seed + row * row) % 7);
    const got = values(
      run('UnsortedSegmentSum', { x, segmentIds: tf.tensor1d(ids, 'int32') }, { numSegments: 7 }) as tf.Tensor,
    );
    const sums = (from: ArrayLike<number>) => {
      const out = Array.from({ length: 7 * channels }, () => 0);
      for (let i = 0; i < from.length; i++) {
        out[ids[Math.floor(i / channels)]! * channels + (i % channels)]! += from[i]!;
      }
      return out;
    };
    return errorOf(got, sums(values(x)), sums(absolute(values(x))));
  }),
  check(
    'dropout, and its mask',
    0,
    ({ rows, channels, seed }) => {
      const place = { rate: (seed % 10) / 10, key: [seed, ~seed >>> 0] as const, step: seed, row: seed % 1000 };
      const x = normals(seed, 'x', [rows, channels]);
      const mask = fillMask(new Float32Array(rows * channels), rows, place);
      const want = Array.from(values(x), (value, i) => Math.fround(value * mask[i]!));
      const drawn = values(dropoutMask([rows, channels], place));
      // A rate of 0 hands x on.
      return Math.max(sameOrInfinite(drawn, mask), sameOrInfinite(values(dropout(x, place)), want));
    },
    'dropout.ts',
  ),
];
