import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { geometryOf } from '../reference.ts';
import { absolute, errorOf, type KernelCheck, normals, type Sample, sameOrInfinite, values } from './check.ts';

type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

const size = (max: number) => fc.integer({ min: 1, max });
const pairs = fc.tuple(size(3), size(3));

const asked = fc
  .record({
    batch: fc.nat({ max: 3 }),
    height: size(9),
    width: size(9),
    channels: size(10),
    kernel: fc.oneof(fc.constant([2, 2] as [number, number]), pairs),
    stride: fc.oneof(fc.constant([2, 2] as [number, number]), pairs),
    pad: fc.constantFrom('same' as const, 'valid' as const),
    /** Few different values: windows have several maxima. NaN and infinities where it is true. */
    special: fc.boolean(),
    seed: fc.nat(),
  })
  .map((c) => ({ ...c, dilation: 1 }))
  .filter((c) => Math.min(geometryOf(c).outHeight, geometryOf(c).outWidth) > 0);

/** Offsets of the pixels of each window, by output. */
function eachWindow(c: Asked, visit: (out: number, pixels: number[]) => void): void {
  const { outHeight, outWidth, top, left } = geometryOf(c);
  let out = 0;
  for (let b = 0; b < c.batch; b++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ox = 0; ox < outWidth; ox++)
        for (let channel = 0; channel < c.channels; channel++) {
          const pixels: number[] = [];
          for (let ky = 0; ky < c.kernel[0]; ky++)
            for (let kx = 0; kx < c.kernel[1]; kx++) {
              const [y, x] = [oy * c.stride[0] + ky - top, ox * c.stride[1] + kx - left];
              if (y < 0 || x < 0 || y >= c.height || x >= c.width) continue;
              pixels.push(((b * c.height + y) * c.width + x) * c.channels + channel);
            }
          visit(out++, pixels);
        }
}

/** The first NaN of a window, else its first maximum. */
function winnerOf(x: ArrayLike<number>, pixels: readonly number[]): number {
  const nan = pixels.find((at) => Number.isNaN(x[at]));
  const largest = Math.max(...pixels.map((at) => x[at]!));
  return nan ?? pixels.find((at) => x[at] === largest)!;
}

function inputOf(c: Asked): tf.Tensor4D {
  const x = normals(c.seed, 'x', [c.batch, c.height, c.width, c.channels]) as tf.Tensor4D;
  if (!c.special) return x;
  const coarse = Float32Array.from(values(x), (value) => {
    // Without a negative zero: which of two zeros is the maximum is not promised.
    const step = Math.round(2 * value) / 2 + 0;
    return step >= 2 ? Number.NaN : step <= -2 ? Number.NEGATIVE_INFINITY : step;
  });
  return tf.tensor4d(coarse, x.shape);
}

function sampleOf(c: Asked, error: (x: tf.Tensor4D, window: PoolAttrs) => number): Sample {
  return {
    asked: `${c.batch}×${c.height}×${c.width}×${c.channels}, window ${c.kernel.join('×')}, stride ${c.stride.join('×')}, ${c.pad}, ${c.special ? 'special values, ' : ''}seed ${c.seed}`,
    error: () => tf.tidy(() => error(inputOf(c), { filterSize: c.kernel, strides: c.stride, pad: c.pad })),
  };
}

interface PoolAttrs extends tf.NamedAttrMap {
  filterSize: [number, number];
  strides: [number, number];
  pad: 'same' | 'valid';
}

export const poolingChecks: KernelCheck[] = [
  {
    kernel: 'max pooling, forward',
    source: 'pooling.ts',
    bound: 0,
    samples: asked.map((c) =>
      sampleOf(c, (x, { filterSize, strides, pad }) => {
        const got = values(tf.maxPool(x, filterSize, strides, pad));
        const xs = values(x);
        const want: number[] = [];
        eachWindow(c, (out, pixels) => void (want[out] = xs[winnerOf(xs, pixels)]!));
        return sameOrInfinite(got, want);
      }),
    ),
  },
  {
    kernel: 'max pooling, gradient',
    source: 'pooling.ts',
    bound: 3e-7,
    samples: asked.map((c) =>
      sampleOf(c, (x, attrs) => {
        const { outHeight, outWidth } = geometryOf(c);
        const dy = normals(c.seed, 'dy', [c.batch, outHeight, outWidth, c.channels]);
        const got = values(tf.engine().runKernel('MaxPoolGrad', { dy, input: x, output: dy }, attrs) as tf.Tensor);
        const [xs, dys] = [values(x), values(dy)];
        const sums = (given: ArrayLike<number>) => {
          const out = Array.from(xs, () => 0);
          eachWindow(c, (at, pixels) => void (out[winnerOf(xs, pixels)]! += given[at]!));
          return out;
        };
        return errorOf(got, sums(dys), sums(absolute(dys)));
      }),
    ),
  },
  {
    kernel: 'average pooling, gradient',
    source: 'pooling.ts',
    bound: 3e-7,
    samples: asked.map((c) =>
      sampleOf(c, (x, { filterSize, strides, pad }) => {
        const { outHeight, outWidth } = geometryOf(c);
        const dy = normals(c.seed, 'dy', [c.batch, outHeight, outWidth, c.channels]) as tf.Tensor4D;
        const got = values(tf.grad((a) => tf.avgPool(a as tf.Tensor4D, filterSize, strides, pad))(x, dy));
        const dys = values(dy);
        const sums = (given: ArrayLike<number>) => {
          const out = Array.from({ length: x.size }, () => 0);
          eachWindow(c, (at, pixels) => {
            for (const pixel of pixels) out[pixel]! += given[at]! / pixels.length;
          });
          return out;
        };
        return errorOf(got, sums(dys), sums(absolute(dys)));
      }),
    ),
  },
];
