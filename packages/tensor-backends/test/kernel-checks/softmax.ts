import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { errorOf, type KernelCheck, normals, values } from './check.ts';

const asked = fc.record({
  shape: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }),
  width: fc.integer({ min: 1, max: 70 }),
  spread: fc.constantFrom(0.1, 1, 10),
  seed: fc.nat(),
});

export const softmaxChecks: KernelCheck[] = [
  {
    kernel: 'softmax, gradient',
    source: 'softmax.ts',
    bound: 6e-7,
    samples: asked.map(({ shape, width, spread, seed }) => ({
      asked: `[${shape}, ${width}] × ${spread}, seed ${seed}`,
      error: () =>
        tf.tidy(() => {
          const x = tf.mul(normals(seed, 'x', [...shape, width]), spread);
          const dy = normals(seed, 'dy', [...shape, width]);
          const got = values(tf.grad((logits: tf.Tensor) => tf.softmax(logits))(x, dy));
          const [xs, dys] = [values(x), values(dy)];
          const [want, terms] = [new Float64Array(got.length), new Float64Array(got.length)];
          for (let row = 0; row < got.length; row += width) {
            const each = Array.from({ length: width }, (_, i) => row + i);
            const most = Math.max(...each.map((i) => xs[i]!));
            const powers = each.map((i) => Math.exp(xs[i]! - most));
            const sum = powers.reduce((a, b) => a + b, 0);
            const y = powers.map((power) => power / sum);
            const dot = each.reduce((total, i, k) => total + y[k]! * dys[i]!, 0);
            const size = each.reduce((total, i, k) => total + y[k]! * Math.abs(dys[i]!), 0);
            for (const [k, i] of each.entries()) {
              want[i] = y[k]! * (dys[i]! - dot);
              // The softmax itself is rounded by its exponent.
              terms[i] = y[k]! * (Math.abs(dys[i]!) + size) * (1 + Math.abs(xs[i]! - most));
            }
          }
          return errorOf(got, want, terms);
        }),
    })),
  },
];
