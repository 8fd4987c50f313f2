import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { batchNormTraining } from '../../src/index.ts';
import { errorOf, type KernelCheck, normals, values } from './check.ts';

const EPSILON = 1e-3;

const asked = fc.record({
  rows: fc.integer({ min: 1, max: 300 }),
  channels: fc.integer({ min: 1, max: 20 }),
  mean: fc.constantFrom(0, 1, -10),
  deviation: fc.constantFrom(0.1, 1, 5),
  activation: fc.constantFrom('linear' as const, 'relu' as const),
  seed: fc.nat(),
});

/** A batch normalization and its gradients in double precision. */
function reference(x: ArrayLike<number>, gamma: ArrayLike<number>, beta: ArrayLike<number>, channels: number) {
  const rows = x.length / channels;
  const each = Array.from({ length: x.length }, (_, i) => i);
  const sums = (of: (i: number) => number) => {
    const totals = Array.from({ length: channels }, () => 0);
    for (const i of each) totals[i % channels]! += of(i);
    return totals;
  };
  const mean = sums((i) => x[i]!).map((sum) => sum / rows);
  const variance = sums((i) => (x[i]! - mean[i % channels]!) ** 2).map((sum) => sum / rows);
  const deviation = variance.map((value) => 1 / Math.sqrt(value + EPSILON));
  const normal = each.map((i) => (x[i]! - mean[i % channels]!) * deviation[i % channels]!);
  return {
    mean,
    variance,
    y: each.map((i) => normal[i]! * gamma[i % channels]! + beta[i % channels]!),
    /** What y is summed of: x · scale, and the shift. */
    yTerms: each.map((i) => {
      const [c, scale] = [i % channels, gamma[i % channels]! * deviation[i % channels]!];
      return Math.abs(x[i]! * scale) + Math.abs(beta[c]! - mean[c]! * scale);
    }),
    gradients(dy: ArrayLike<number>) {
      const beta = sums((i) => dy[i]!);
      const dots = sums((i) => dy[i]! * normal[i]!);
      const absolute = sums((i) => Math.abs(dy[i]!));
      const absoluteDots = sums((i) => Math.abs(dy[i]! * normal[i]!));
      const x = each.map((i) => {
        const c = i % channels;
        return gamma[c]! * deviation[c]! * (dy[i]! - beta[c]! / rows - (normal[i]! * dots[c]!) / rows);
      });
      const xTerms = each.map((i) => {
        const c = i % channels;
        const terms = Math.abs(dy[i]!) + (absolute[c]! + Math.abs(normal[i]!) * absoluteDots[c]!) / rows;
        return Math.abs(gamma[c]!) * deviation[c]! * terms;
      });
      return { x, xTerms, gamma: dots, gammaTerms: absoluteDots, beta, betaTerms: absolute };
    },
  };
}

type Part = 'statistics' | 'y' | 'x' | 'gamma' | 'beta';

function checkOf(kernel: string, part: Part, bound: number): KernelCheck {
  return {
    kernel,
    source: 'batch-norm.ts',
    bound,
    samples: asked.map(({ rows, channels, mean, deviation, activation, seed }) => ({
      asked: `${rows} rows of ${channels}, ${mean} ± ${deviation}, ${activation}, seed ${seed}`,
      error: () =>
        tf.tidy(() => {
          const x = tf.add(tf.mul(normals(seed, 'x', [rows, channels]), deviation), mean);
          const [gamma, beta] = [normals(seed, 'gamma', [channels]), normals(seed, 'beta', [channels])] as [
            tf.Tensor1D,
            tf.Tensor1D,
          ];
          const want = reference(values(x), values(gamma), values(beta), channels);
          const forward = (a: tf.Tensor, g: tf.Tensor, b: tf.Tensor) =>
            batchNormTraining(a, g as tf.Tensor1D, b as tf.Tensor1D, EPSILON, activation);
          const result = forward(x, gamma, beta);
          const relu = activation === 'relu';
          const got = values(result.y);
          if (part === 'statistics') {
            const means = errorOf(
              values(result.mean),
              want.mean,
              want.mean.map((m, c) => Math.hypot(m, want.variance[c]!)),
            );
            return Math.max(means, errorOf(values(result.variance), want.variance, want.variance));
          }
          if (part === 'y') return errorOf(got, relu ? want.y.map((v) => Math.max(0, v)) : want.y, want.yTerms);
          const dy = normals(seed, 'dy', [rows, channels]);
          const [dx, dGamma, dBeta] = tf.grads((...w) => forward(w[0]!, w[1]!, w[2]!).y)([x, gamma, beta], dy);
          // The mask is the kernel's own: where its y is about 0, double precision may have the other sign.
          const masked = Array.from(values(dy), (value, i) => (relu && !(got[i]! > 0) ? 0 : value));
          const gradients = want.gradients(masked);
          const given = { x: dx, gamma: dGamma, beta: dBeta }[part] as tf.Tensor;
          return errorOf(values(given), gradients[part], gradients[`${part}Terms`]);
        }),
    })),
  };
}

export const normalizationChecks: KernelCheck[] = [
  checkOf('batch norm, statistics', 'statistics', 4e-6),
  checkOf('batch norm, forward', 'y', 3e-7),
  checkOf('batch norm, input gradient', 'x', 1e-5),
  checkOf('batch norm, gamma gradient', 'gamma', 3e-5),
  checkOf('batch norm, beta gradient', 'beta', 3e-7),
];
