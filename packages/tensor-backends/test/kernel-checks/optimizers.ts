import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { adamStep, emaStep, momentumStep, rmspropStep, sgdStep } from '../../src/index.ts';
import { errorOf, type KernelCheck, normals, values } from './check.ts';

const asked = fc.record({
  count: fc.nat({ max: 40 }),
  /** Of the steps before: the bias correction of Adam. */
  step: fc.integer({ min: 1, max: 1000 }),
  decay: fc.constantFrom(0, 0.01),
  /** Nesterov, or decoupled. */
  other: fc.boolean(),
  seed: fc.nat(),
});
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

const RATE = 0.05;

/** One value's step: what [weight, first slot, second slot] become. */
type Formula = (c: Asked, w: number, g: number, a: number, b: number) => [number, number, number];
type Step = (c: Asked, w: tf.Variable[], g: tf.Tensor[], a: tf.Variable[], b: tf.Variable[]) => void;

const steps: [string, Step, Formula][] = [
  [
    'SGD',
    ({ decay }, w, g) => sgdStep(w, g, { learningRate: RATE, weightDecay: [decay] }),
    ({ decay }, w, g, a, b) => [w - RATE * (g + decay * w), a, b],
  ],
  [
    'momentum',
    ({ decay, other }, w, g, a) =>
      momentumStep(w, g, a, { learningRate: RATE, momentum: 0.9, nesterov: other, weightDecay: [decay] }),
    ({ decay, other }, w, g, a, b) => {
      const gradient = g + decay * w;
      const velocity = 0.9 * a + gradient;
      return [w - RATE * (other ? gradient + 0.9 * velocity : velocity), velocity, b];
    },
  ],
  [
    'Adam and AdamW',
    ({ step, decay, other }, w, g, first, second) => {
      const options = { learningRate: RATE, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step };
      adamStep(w, g, { first, second }, { ...options, weightDecay: [decay], decoupled: other });
    },
    ({ step, decay, other }, w, g, a, b) => {
      const gradient = other ? g : g + decay * w;
      const [m, v] = [0.9 * a + 0.1 * gradient, 0.999 * b + 0.001 * gradient ** 2];
      const move = (RATE * (m / (1 - 0.9 ** step))) / (Math.sqrt(v / (1 - 0.999 ** step)) + 1e-8);
      return [(other ? w * (1 - RATE * decay) : w) - move, m, v];
    },
  ],
  [
    'RMSprop',
    ({ decay }, w, g, square, velocity) => {
      const options = { learningRate: RATE, rho: 0.99, momentum: 0.9, epsilon: 1e-8, weightDecay: [decay] };
      rmspropStep(w, g, { square, velocity }, options);
    },
    ({ decay }, w, g, a, b) => {
      const gradient = g + decay * w;
      const square = 0.99 * a + 0.01 * gradient ** 2;
      const velocity = 0.9 * b + gradient / (Math.sqrt(square) + 1e-8);
      return [w - RATE * velocity, square, velocity];
    },
  ],
  ['moving average', (_c, w, g) => emaStep(w, g, { decay: 0.999 }), (_c, w, g, a, b) => [0.999 * w + 0.001 * g, a, b]],
];

export const optimizerChecks: KernelCheck[] = steps.map(([kernel, step, formula]) => ({
  kernel: `a step of ${kernel}`,
  source: 'optimizers.ts',
  bound: 4e-7,
  samples: asked.map((c) => ({
    asked: `${c.count} values, ${JSON.stringify(c)}`,
    error: () => {
      const tensors = ['w', 'g', 'a', 'b'].map((name) => normals(c.seed, name, [c.count]));
      // Slots of squares are never negative.
      const positive = tensors.map((tensor, i) => (i > 1 ? tf.abs(tensor) : tensor));
      const before = positive.map((tensor) => values(tensor).slice());
      const [w, g, a, b] = positive.map((tensor) => tf.variable(tensor)) as [
        tf.Variable,
        tf.Variable,
        tf.Variable,
        tf.Variable,
      ];
      step(c, [w], [g], [a], [b]);
      const got = [w, a, b].map((variable) => Array.from(values(variable)));
      tf.dispose([...new Set([...tensors, ...positive]), w, g, a, b]);
      const all = Array.from(before[0]!, (_, i) =>
        formula(c, ...(before.map((list) => list[i]!) as [number, number, number, number])),
      );
      const want = [0, 1, 2].map((slot) => all.map((row) => row[slot]!));
      // A weight may cancel with its step.
      const magnitudes = want.map((list, slot) =>
        list.map((v, i) => Math.abs(v) + Math.abs(before[[0, 2, 3][slot]!]![i]!)),
      );
      return Math.max(...got.map((list, slot) => errorOf(list, want[slot]!, magnitudes[slot]!)));
    },
  })),
}));
