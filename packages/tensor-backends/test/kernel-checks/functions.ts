import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { type KernelCheck, normals, sameOrInfinite, values } from './check.ts';

const run = (kernel: string, inputs: tf.NamedTensorMap, attrs: tf.NamedAttrMap = {}) =>
  tf.engine().runKernel(kernel, inputs, attrs) as tf.Tensor;

/** Where functions turn: zeros, the ends of their ranges, what is not finite. */
const SPECIAL = [0, -0, 1, -1, 1e-40, 3e38, -3e38, 88.9, -87.5, -104.5, Infinity, -Infinity, NaN];

const lengths = fc.record({ count: fc.nat({ max: 300 }), spread: fc.constantFrom(0.01, 1, 10, 40), seed: fc.nat() });

/** Worst error of a value, as a share of that value; of a subnormal one, of the least normal one. */
function functionCheck(kernel: string, name: string, bound: number, f: (x: number) => number): KernelCheck {
  return {
    kernel: name,
    source: 'functions.ts',
    bound,
    samples: lengths.map(({ count, spread, seed }) => ({
      asked: `${count} values × ${spread}, seed ${seed}`,
      error: () =>
        tf.tidy(() => {
          const x = tf.concat1d([tf.mul(normals(seed, 'x', [count]), spread) as tf.Tensor1D, tf.tensor1d(SPECIAL)]);
          const got = values(run(kernel, { x }));
          return Math.max(...Array.from(values(x), (value, i) => shareOf(got[i]!, f(value))));
        }),
    })),
  };
}

function shareOf(got: number, want: number): number {
  const rounded = Math.fround(want);
  if (Object.is(got, rounded) || (got === 0 && rounded === 0)) return 0;
  if (!Number.isFinite(rounded) || Number.isNaN(got)) return Number.POSITIVE_INFINITY;
  return Math.abs(got - want) / Math.max(Math.abs(want), 1.1754943508222875e-38);
}

/** By its series, or far out by its continued fraction. */
function erf(x: number): number {
  const [t, sign] = [Math.abs(x), Math.sign(x)];
  if (Number.isNaN(x)) return x;
  if (t > 6) return sign;
  if (t < 2.5) {
    let [sum, term] = [t, t];
    for (let n = 1; Math.abs(term) > 1e-18 * sum; n++) {
      term *= -(t * t) / n;
      sum += term / (2 * n + 1);
    }
    return x === 0 ? x : (sign * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = t;
  for (let k = 120; k > 0; k--) fraction = t + k / 2 / fraction;
  return sign * (1 - Math.exp(-t * t) / (fraction * Math.sqrt(Math.PI)));
}

const leaky: KernelCheck = {
  kernel: 'leaky ReLU',
  source: 'functions.ts',
  bound: 0,
  samples: lengths.map(({ count, spread, seed }) => ({
    asked: `${count} values × ${spread}, seed ${seed}`,
    error: () =>
      tf.tidy(() => {
        const x = tf.concat1d([tf.mul(normals(seed, 'x', [count]), spread) as tf.Tensor1D, tf.tensor1d(SPECIAL)]);
        const alpha = Math.fround(0.3);
        const want = Array.from(values(x), (value) => (value < 0 ? Math.fround(value * alpha) : value));
        return sameOrInfinite(values(run('LeakyRelu', { x }, { alpha })), want);
      }),
  })),
};

const PAIRS: Record<string, (a: number, b: number) => number> = {
  Maximum: Math.max,
  Minimum: Math.min,
  Prelu: (a, b) => (a < 0 ? Math.fround(a * b) : a),
  Equal: (a, b) => Number(a === b),
  NotEqual: (a, b) => Number(a !== b),
  Greater: (a, b) => Number(a > b),
  GreaterEqual: (a, b) => Number(a >= b),
  Less: (a, b) => Number(a < b),
  LessEqual: (a, b) => Number(a <= b),
};

/** A shape, and which of its axes each of two tensors has, with how many leading ones left out. */
const broadcasts = fc.record({
  shape: fc.array(fc.nat({ max: 9 }), { maxLength: 6 }),
  a: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
  b: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
  dropped: fc.nat({ max: 3 }),
  seed: fc.nat(),
});

function pairCheck(kernel: string, f: (a: number, b: number) => number): KernelCheck {
  return {
    kernel: `${kernel}, broadcast`,
    source: 'broadcast.ts',
    bound: 0,
    samples: broadcasts.map(({ shape, a, b, dropped, seed }) => {
      const own = (axes: boolean[]) => shape.map((extent, axis) => (axes[axis] ? extent : 1));
      // Leading axes of 1 may be left out.
      const shapeB = own(b);
      while (shapeB[0] === 1 && shapeB.length > shape.length - dropped) shapeB.shift();
      const asked = `[${own(a)}] and [${shapeB}], seed ${seed}`;
      return { asked, error: () => tf.tidy(() => pairError(kernel, f, own(a), shapeB, seed)) };
    }),
  };
}

function pairError(
  kernel: string,
  f: (a: number, b: number) => number,
  shapeA: number[],
  shapeB: number[],
  seed: number,
): number {
  // Of few different values, so that some are equal; one in seven is not a number.
  const few = (name: string, shape: number[]) => {
    const data = values(normals(seed, name, shape)).map((value, i) => (i % 7 === 3 ? NaN : Math.round(2 * value)));
    return tf.tensor(data, shape);
  };
  const [a, b] = [few('a', shapeA), few('b', shapeB)];
  const got = run(kernel, kernel === 'Prelu' ? { x: a, alpha: b } : { a, b });
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(shapeA, shapeB);
  if (got.shape.join() !== shape.join()) return Number.POSITIVE_INFINITY;
  const [as, bs] = [values(a), values(b)];
  const want = Array.from({ length: got.size }, (_, i) =>
    f(as[placeIn(shapeA, shape, i)]!, bs[placeIn(shapeB, shape, i)]!),
  );
  // Zero and minus zero are one here: fmax may take either.
  return sameOrInfinite(
    Array.from(values(got), (value) => value + 0),
    want.map((value) => value + 0),
  );
}

/** Where a tensor holds what is broadcast to element i of `shape`. */
function placeIn(own: number[], shape: number[], i: number): number {
  let [place, step, rest] = [0, 1, i];
  for (let back = 1; back <= shape.length; back++) {
    const extent = shape.at(-back) ?? 1;
    const mine = own.at(-back) ?? 1;
    place += (mine === 1 ? 0 : rest % extent) * step;
    step *= mine;
    rest = Math.floor(rest / extent);
  }
  return place;
}

const joins = fc.record({
  before: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 3 }),
  parts: fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 5 }),
  after: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 2 }),
  seed: fc.nat(),
});

const copies: KernelCheck = {
  kernel: 'concat, split and tile',
  source: 'broadcast.ts',
  bound: 0,
  samples: joins.map(({ before, parts, after, seed }) => ({
    asked: `[${before}] × (${parts}) × [${after}], seed ${seed}`,
    error: () =>
      tf.tidy(() => {
        const axis = before.length;
        const pieces = parts.map((extent, i) => normals(seed, `part${i}`, [...before, extent, ...after]));
        const joined = tf.concat(pieces, axis);
        const again = tf.split(joined, parts, axis);
        const pairs = pieces.map((piece, i) => sameOrInfinite(values(again[i]!), values(piece)));
        const [outer, inner] = [product(before), product(after)];
        const want = Array.from({ length: outer }, (_, row) =>
          pieces.map((piece, i) => values(piece).subarray(row * parts[i]! * inner, (row + 1) * parts[i]! * inner)),
        ).flat();
        const flat = want.flatMap((part) => Array.from(part));
        const first = tf.reshape(joined, [joined.size]);
        const tiled = values(tf.tile(first, [3]));
        return Math.max(
          ...pairs,
          sameOrInfinite(values(joined), flat),
          sameOrInfinite(tiled, [...flat, ...flat, ...flat]),
        );
      }),
  })),
};

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

export const functionChecks: KernelCheck[] = [
  functionCheck('Exp', 'exp', 5e-7, Math.exp),
  functionCheck('Log', 'log', 5e-7, Math.log),
  functionCheck('Tanh', 'tanh', 5e-7, Math.tanh),
  functionCheck('Softplus', 'softplus', 5e-7, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  functionCheck('Erf', 'erf', 5e-7, erf),
  leaky,
  ...Object.entries(PAIRS).map(([kernel, f]) => pairCheck(kernel, f)),
  copies,
];
