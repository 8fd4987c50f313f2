import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from '@ablate/random';
import { beforeEach, describe, expect, test } from 'vitest';
import { classificationLoss, type LossSettings, rowLoss, softmaxCrossEntropy, startBackend } from '../src/index.ts';
import { distance } from './reference.ts';

const losses: LossSettings[] = [
  { name: 'cross-entropy' },
  { name: 'binary-cross-entropy' },
  { name: 'focal', gamma: 2 },
  { name: 'focal', gamma: 0.5 },
  { name: 'mse' },
];

const random = randomStream(5, 'losses');
const [rows, classes] = [5, 7];
const logits = random.split('logits').fillNormal(new Float32Array(rows * classes), 0, 3);
/** Rows of targets that need not sum to 1, some of them 0. */
const targets = random
  .split('targets')
  .fillUniform(new Float32Array(rows * classes), -0.5, 1)
  .map((v) => Math.max(0, v));
const labels = Int32Array.from({ length: rows }, (_, row) => row % classes);
const rowWeights = Float32Array.of(1, 0.5, 0, 2, 3);

describe.each(losses)('$name $gamma', (loss) => {
  test('the gradient of a row equals central differences', () => {
    for (let row = 0; row < rows; row++) {
      const z = Float64Array.from(logits.subarray(row * classes, (row + 1) * classes));
      const t = targets.subarray(row * classes, (row + 1) * classes);
      const { gradient } = rowLoss(loss, z, t);
      for (let c = 0; c < classes; c++) {
        const at = (by: number) =>
          rowLoss(
            loss,
            z.map((value, k) => (k === c ? value + by : value)),
            t,
          ).loss;
        expect(gradient[c]! - (at(1e-5) - at(-1e-5)) / 2e-5, `row ${row}, class ${c}`).toBeCloseTo(0, 7);
      }
    }
  });

  // `none` is a backend without our kernels, where losses are composed of tfjs's ops.
  test.each(['wasm', 'cpu', 'none'])(
    'on %s, a batch is the weighted sum of its rows, and so is its gradient',
    async (backend) => {
      await start(backend);
      const expected = expectedOf(loss);
      tf.tidy(() => {
        const z = tf.tensor2d(logits, [rows, classes]);
        const given = { ...givenOf(), rowWeights: tf.tensor1d(rowWeights) };
        const of = (x: tf.Tensor) => classificationLoss(x as tf.Tensor2D, given, loss, { count: 4 });
        const { value, grad } = tf.valueAndGrad((x) => tf.mul(of(x).loss, 3))(z);
        expect(value.dataSync()[0]! / 3 / expected.loss).toBeCloseTo(1, 5);
        expect(
          distance(
            grad.dataSync(),
            expected.gradient.map((v) => 3 * v),
          ),
        ).toBeLessThan(2e-6);
        expect(of(z).correct.dataSync()[0]).toBe(expected.correct);
      });
    },
  );
});

test.each(['wasm', 'cpu', 'none'])(
  'on %s, one-hot targets without weights give softmaxCrossEntropy',
  async (backend) => {
    await start(backend);
    tf.tidy(() => {
      const z = tf.tensor2d(logits, [rows, classes]);
      const y = tf.tensor1d(labels, 'int32');
      const oneHot = tf.cast(tf.oneHot(y, classes), 'float32') as tf.Tensor2D;
      const soft = classificationLoss(z, { targets: oneHot, labels: y }, { name: 'cross-entropy' });
      const hard = softmaxCrossEntropy(z, y);
      expect(soft.loss.dataSync()[0]).toBeCloseTo(hard.loss.dataSync()[0]!, 5);
      expect(soft.correct.dataSync()).toEqual(hard.correct.dataSync());
    });
  },
);

test.each(['wasm', 'cpu', 'none'])('on %s, an empty shard has no loss and an empty gradient', async (backend) => {
  await start(backend);
  tf.tidy(() => {
    const given = { targets: tf.zeros([0, 3]) as tf.Tensor2D, labels: tf.tensor1d([], 'int32') };
    const of = (x: tf.Tensor) => classificationLoss(x as tf.Tensor2D, given, { name: 'mse' }, { count: 8 }).loss;
    const { value, grad } = tf.valueAndGrad(of)(tf.zeros([0, 3]));
    expect(value.dataSync()[0]).toBe(0);
    expect(grad.shape).toEqual([0, 3]);
  });
});

test('logits far apart stay finite, and what is right to the last bit costs nothing', () => {
  const far = [1000, -1000, 0];
  expect(rowLoss({ name: 'cross-entropy' }, far, [0, 1, 0]).loss).toBe(2000);
  expect(rowLoss({ name: 'binary-cross-entropy' }, far, [1, 0, 0]).loss).toBeCloseTo(Math.LN2 / 3, 15);
  for (const gamma of [0.5, 1, 2]) {
    const right = rowLoss({ name: 'focal', gamma }, far, [1, 0, 0]);
    expect([right.loss, ...right.gradient].map(Math.abs)).toEqual([0, 0, 0, 0]);
  }
});

test('focal with gamma 0 is cross-entropy', () => {
  const [z, t] = [logits.subarray(0, classes), targets.subarray(0, classes)];
  expect(rowLoss({ name: 'focal', gamma: 0 }, z, t)).toEqual(rowLoss({ name: 'cross-entropy' }, z, t));
});

describe('what does not fit', () => {
  beforeEach(() => start('wasm'));

  test('is an error with the shapes', () => {
    tf.tidy(() => {
      const z = tf.zeros([2, 3]) as tf.Tensor2D;
      const y = tf.zeros([2], 'int32') as tf.Tensor1D;
      const run = (given: Parameters<typeof classificationLoss>[1], count?: number) =>
        classificationLoss(z, given, { name: 'mse' }, { count });
      expect(() => run({ targets: tf.zeros([2, 4]), labels: y })).toThrowErrorMatchingInlineSnapshot(
        `[Error: classificationLoss: needs logits and targets [batch, classes], labels and rowWeights [batch]; received [2,3], [2,4], [2] and none.]`,
      );
      expect(() =>
        run({ targets: tf.zeros([2, 3]), labels: y, rowWeights: tf.zeros([3]) }),
      ).toThrowErrorMatchingInlineSnapshot(
        `[Error: classificationLoss: needs logits and targets [batch, classes], labels and rowWeights [batch]; received [2,3], [2,3], [2] and [3].]`,
      );
      expect(() => run({ targets: tf.zeros([2, 3]), labels: y }, 0)).toThrowErrorMatchingInlineSnapshot(
        `[Error: classificationLoss: count must be above 0; received 0.]`,
      );
    });
  });
});

function givenOf() {
  return { targets: tf.tensor2d(targets, [rows, classes]), labels: tf.tensor1d(labels, 'int32') };
}

function expectedOf(loss: LossSettings): { loss: number; gradient: number[]; correct: number } {
  const gradient: number[] = [];
  let [total, correct] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const z = logits.subarray(row * classes, (row + 1) * classes);
    const result = rowLoss(loss, z, targets.subarray(row * classes, (row + 1) * classes));
    total += (rowWeights[row]! * result.loss) / 4;
    gradient.push(...Array.from(result.gradient, (v) => (rowWeights[row]! * v) / 4));
    if (z.indexOf(Math.max(...z)) === labels[row]) correct++;
  }
  return { loss: total, gradient, correct };
}

/** `none`: tfjs's cpu backend under another name, with tfjs's kernels only. */
async function start(backend: string): Promise<void> {
  await startBackend(backend === 'none' ? 'cpu' : (backend as 'wasm' | 'cpu'));
  if (backend !== 'none') return;
  if (tf.findBackend('none') === null) {
    const cpu = tf.findBackend('cpu');
    tf.registerBackend('none', () => cpu);
    for (const kernel of tf.getKernelsForBackend('cpu')) {
      if (!kernel.kernelName.startsWith('Ablate')) tf.registerKernel({ ...kernel, backendName: 'none' });
    }
  }
  expect(await tf.setBackend('none')).toBe(true);
}
