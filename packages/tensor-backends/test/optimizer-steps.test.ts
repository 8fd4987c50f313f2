import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { adamStep, emaStep, momentumStep, rmspropStep, sgdStep, startBackend } from '../src/index.ts';
import { distance } from './reference.ts';

/** Two weights, so that a step that mixes them up is seen; sizes with and without a tail of the SIMD loop. */
const weights = [
  [0.5, -1.25, 2, 0, 3.5, -0.125, 1],
  [-0.75, 4, 0.01, -2],
];
const decay = [0.1, 0];
const gradients = [
  [
    [0.1, -0.2, 0.3, 0.4, -0.5, 0.6, 0.7],
    [1, 2, -3, 0.5],
  ],
  [
    [-0.3, 0.1, 0, 0.25, -0.75, 1, -2],
    [0, -1, 0.25, 0.125],
  ],
  [
    [1e-4, 1e-6, -1e-5, 2, 0.5, -0.5, 0.1],
    [-2, 0.1, 1, -1],
  ],
];
/** Of the worst value; one rounding to float32 a step and operation. */
const tolerance = 1e-6;

type Tensors = tf.Variable[];
type Step = (w: Tensors, g: tf.Tensor[], a: Tensors, b: Tensors, t: number) => void;
/** The same for one value: gives [weight, first slot, second slot]. */
type Formula = (w: number, g: number, a: number, b: number, t: number, l2: number) => [number, number, number];

const rate = 0.05;
const cases: [string, Step, Formula][] = [
  ['SGD', (w, g) => sgdStep(w, g, { learningRate: rate }), (w, g) => [w - rate * g, 0, 0]],
  [
    'SGD with L2',
    (w, g) => sgdStep(w, g, { learningRate: rate, weightDecay: decay }),
    (w, g, _a, _b, _t, l2) => [w - rate * (g + l2 * w), 0, 0],
  ],
  ...[false, true].map((nesterov): [string, Step, Formula] => [
    `momentum with L2, nesterov ${nesterov}`,
    (w, g, v) => momentumStep(w, g, v, { learningRate: rate, momentum: 0.9, nesterov, weightDecay: decay }),
    (w, g, a, _b, _t, l2) => {
      const v = 0.9 * a + g + l2 * w;
      return [w - rate * (nesterov ? g + l2 * w + 0.9 * v : v), v, 0];
    },
  ]),
  ...[false, true].map((decoupled): [string, Step, Formula] => [
    decoupled ? 'AdamW' : 'Adam with L2',
    (w, g, first, second, step) => adamStep(w, g, { first, second }, { ...adam, step, weightDecay: decay, decoupled }),
    (w, g, a, b, t, l2) => {
      const gradient = decoupled ? g : g + l2 * w;
      const [m, v] = [0.9 * a + 0.1 * gradient, 0.999 * b + 0.001 * gradient ** 2];
      const kept = decoupled ? w * (1 - rate * l2) : w;
      return [kept - (rate * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.999 ** t)) + adam.epsilon), m, v];
    },
  ]),
  ...[0, 0.9].map((momentum): [string, Step, Formula] => [
    `RMSprop with L2, momentum ${momentum}`,
    (w, g, square, velocity) => {
      const slots = momentum > 0 ? { square, velocity } : { square };
      rmspropStep(w, g, slots, { learningRate: rate, rho: 0.99, momentum, epsilon: 1e-8, weightDecay: decay });
    },
    (w, g, a, b, _t, l2) => {
      const gradient = g + l2 * w;
      const v = 0.99 * a + 0.01 * gradient ** 2;
      const step = momentum * b + gradient / (Math.sqrt(v) + 1e-8);
      return [w - rate * step, v, momentum > 0 ? step : 0];
    },
  ]),
  ['moving average', (w, g) => emaStep(w, g, { decay: 0.999 }), (w, g) => [0.999 * w + 0.001 * g, 0, 0]],
];
const adam = { learningRate: rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** `none` is a backend without our kernels, where steps are composed of tfjs's ops. */
describe.each(['wasm', 'cpu', 'none'] as const)('on %s', (backend) => {
  beforeEach(async () => {
    await startBackend(backend === 'none' ? 'cpu' : backend);
    if (backend === 'none') await startWithoutKernels();
  });

  test.each(cases)('%s: three steps of two weights and their slots equal the formula', (_name, step, formula) => {
    const [w, a, b] = [weights, zeros(), zeros()].map((lists) => lists.map((v) => tf.variable(tf.tensor1d(v)))) as [
      Tensors,
      Tensors,
      Tensors,
    ];
    const before = tf.memory().numTensors;
    for (const [t, lists] of gradients.entries()) {
      tf.tidy(() =>
        step(
          w,
          lists.map((g) => tf.tensor1d(g)),
          a,
          b,
          t + 1,
        ),
      );
    }
    expect(tf.memory().numTensors).toBe(before);
    for (const [n, starts] of weights.entries()) {
      const expected = starts.map((start, i) =>
        gradients.reduce(([x, y, z], g, t) => formula(x, g[n]![i]!, y, z, t + 1, decay[n]!), [start, 0, 0] as [
          number,
          number,
          number,
        ]),
      );
      for (const [column, variables] of [w, a, b].entries()) {
        const values = variables[n]!.dataSync() as Float32Array;
        const column64 = expected.map((row) => row[column]!);
        expect(distance(values, column64), `weight ${n}, column ${column}`).toBeLessThan(tolerance);
      }
    }
    tf.dispose([w, a, b]);
  });

  test('a weight of no values, and one that is infinite beside one that is not', () => {
    tf.tidy(() => {
      const w = [tf.variable(tf.zeros([0, 3])), tf.variable(tf.tensor1d([Infinity, 1, 2, 3, NaN]))];
      sgdStep(w, [tf.zeros([0, 3]), tf.ones([5])], { learningRate: 0.5 });
      expect([...w[1]!.dataSync()]).toEqual([Infinity, 0.5, 1.5, 2.5, NaN]);
      tf.dispose(w);
    });
  });

  test('the step that follows sees the changed weights, also in a product and a convolution', () => {
    tf.tidy(() => {
      const w = tf.variable(tf.ones([3, 3, 1, 1])) as tf.Variable<tf.Rank.R4>;
      const x = tf.ones([1, 3, 3, 1]) as tf.Tensor4D;
      const before = tf.conv2d(x, w, 1, 'valid').dataSync()[0];
      sgdStep([w], [tf.ones([3, 3, 1, 1])], { learningRate: 0.5 });
      expect([before, tf.conv2d(x, w, 1, 'valid').dataSync()[0]]).toEqual([9, 4.5]);
      w.dispose();
    });
  });

  test('clones and reshapes of a variable keep their values when it changes', () => {
    tf.tidy(() => {
      const w = tf.variable(tf.tensor1d([1, 2, 3, -4]));
      const [clone, reshaped] = [tf.clone(w), tf.reshape(w, [2, 2])];
      sgdStep([w], [tf.ones([4])], { learningRate: 0.5 });
      expect([...w.dataSync()]).toEqual([0.5, 1.5, 2.5, -4.5]);
      expect([...clone.dataSync()]).toEqual([1, 2, 3, -4]);
      expect([...reshaped.dataSync()]).toEqual([1, 2, 3, -4]);
      w.dispose();
    });
  });

  test('gradients and slots must have the shapes of the weights', () => {
    tf.tidy(() => {
      const w = [tf.variable(tf.zeros([2, 2])), tf.variable(tf.zeros([2]))];
      const before = tf.ones([4]);
      expect(() => sgdStep(w, [before, tf.ones([2])], { learningRate: 1 })).toThrowErrorMatchingInlineSnapshot(
        `[Error: optimizer step: gradients and slots must have the shapes of the weights (=[2,2] [2]); received [4] [2].]`,
      );
      expect(() => sgdStep(w, [tf.ones([2, 2])], { learningRate: 1 })).toThrowErrorMatchingInlineSnapshot(
        `[Error: optimizer step: gradients and slots must have the shapes of the weights (=[2,2] [2]); received [2,2].]`,
      );
      tf.dispose(w);
    });
  });
});

test.each(['wasm', 'cpu'] as const)('on %s a variable that is alone is not copied', async (backend) => {
  await startBackend(backend);
  const w = alone([1, 2, 3, -4]);
  const { dataId } = w;
  tf.tidy(() => sgdStep([w], [tf.ones([4])], { learningRate: 0.5 }));
  expect(w.dataId).toBe(dataId);
  w.dispose();
});

test.each(['wasm', 'cpu'] as const)('on %s a step over all weights is one dispatched kernel', async (backend) => {
  await startBackend(backend);
  const w = weights.map(alone);
  const g = weights.map((values) => tf.tensor1d(values));
  const { kernelNames } = await tf.profile(() => {
    sgdStep(w, g, { learningRate: 0.1, weightDecay: decay });
    return {};
  });
  expect(kernelNames).toEqual(['AblateSgdStep']);
  tf.dispose([w, g]);
});

/** A variable that shares its values with no tensor. */
function alone(values: number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor1d(values)));
}

function zeros(): number[][] {
  return weights.map((values) => values.map(() => 0));
}

/** tfjs's cpu backend under another name, with tfjs's kernels only. */
async function startWithoutKernels(): Promise<void> {
  if (tf.findBackend('none') === null) {
    const backend = tf.findBackend('cpu');
    tf.registerBackend('none', () => backend);
    for (const kernel of tf.getKernelsForBackend('cpu')) {
      if (!kernel.kernelName.startsWith('Ablate')) tf.registerKernel({ ...kernel, backendName: 'none' });
    }
  }
  expect(await tf.setBackend('none')).toBe(true);
}
