import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { gelu, mish } from '../../src/index.ts';
import { errorOf, type KernelCheck, normals, values } from './check.ts';

/** By its derivative. */
function rectifierCheck(
  name: string,
  f: (x: tf.Tensor) => tf.Tensor,
  value: (x: number) => number,
  slope: (x: number) => number,
): KernelCheck {
  return {
    kernel: `${name} and its gradient`,
    source: 'functions.ts',
    bound: 1e-6,
    samples: fc
      .record({ count: fc.nat({ max: 300 }), spread: fc.constantFrom(0.1, 1, 10, 40), seed: fc.nat() })
      .map((c) => ({
        asked: `${c.count} values × ${c.spread}, seed ${c.seed}`,
        error: () =>
          tf.tidy(() => {
            const x = tf.mul(normals(c.seed, 'x', [c.count]), c.spread);
            const dy = normals(c.seed, 'dy', [c.count]);
            const [xs, dys] = [Array.from(values(x)), values(dy)];
            const y = errorOf(values(f(x)), xs.map(value), xs.map(Math.abs));
            const dx = values(tf.grad(f)(x, dy));
            return Math.max(
              y,
              errorOf(
                dx,
                xs.map((at, i) => slope(at) * dys[i]!),
                Array.from(dys, Math.abs),
              ),
            );
          }),
      })),
  };
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const tanhSoftplus = (x: number) => Math.tanh(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
/** Φ by Simpson's rule. */
function normalShare(x: number): number {
  const [n, end] = [2000, Math.max(-12, Math.min(12, x))];
  const h = end / n;
  let sum = 0;
  for (let k = 0; k <= n; k++) sum += (k === 0 || k === n ? 1 : k % 2 === 1 ? 4 : 2) * Math.exp(-((k * h) ** 2) / 2);
  return 0.5 + (sum * h) / 3 / Math.sqrt(2 * Math.PI);
}

export const rectifierChecks: KernelCheck[] = [
  rectifierCheck(
    'Mish',
    mish,
    (x) => x * tanhSoftplus(x),
    (x) => tanhSoftplus(x) + x * sigmoid(x) * (1 - tanhSoftplus(x) ** 2),
  ),
  rectifierCheck(
    'GELU',
    gelu,
    (x) => x * normalShare(x),
    (x) => normalShare(x) + (x * Math.exp(-(x * x) / 2)) / Math.sqrt(2 * Math.PI),
  ),
];
