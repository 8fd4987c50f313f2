import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { startBackend } from '@ablate/tensor-backends';
import { beforeEach, describe, expect, test } from 'vitest';
import { evaluate } from '../src/index.ts';
import { blobs, examplesOf, regularizedNet, smallNet } from './problems.ts';

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeEach(async () => void (await startBackend(backend)));

  test('scores of known logits', async () => {
    // Logits are the inputs. Probabilities: 1/4, 3/4 and 1/2, 1/2 and 4/5, 1/5; the labels get 3/4, 1/2 and 1/5.
    const x = [
      [0, Math.log(3)],
      [5, 5],
      [Math.log(4), 0],
    ];
    const result = await evaluate(identity(2), examplesOf(x, [1, 0, 1]), { probabilities: true });
    expect(result.loss).toBeCloseTo(-Math.log(0.75 * 0.5 * 0.2) / 3, 6);
    expect(result.accuracy).toBe(2 / 3);
    expect(result.predictions).toEqual(Int32Array.of(1, 0, 0));
    for (const [i, expected] of [0.25, 0.75, 0.5, 0.5, 0.8, 0.2].entries()) {
      expect(result.probabilities?.[i]).toBeCloseTo(expected, 6);
    }
  });

  test('large logits neither overflow nor lose the loss', async () => {
    const { loss } = await evaluate(identity(2), examplesOf([[3e4, 0]], [1]));
    expect(loss).toBe(3e4);
  });

  test('the batch size changes nothing but memory, and dropout is off', async () => {
    const { x, labels } = blobs(10);
    const model = regularizedNet(2, 4, 3);
    const before = tf.memory().numTensors;
    const results = [];
    for (const batchSize of [1, 3, 10, 64]) results.push(await evaluate(model, examplesOf(x, labels), { batchSize }));
    expect(tf.memory().numTensors).toBe(before);
    for (const result of results) {
      expect(result.loss).toBeCloseTo(results[0]!.loss, 6);
      expect(result.predictions).toEqual(results[0]!.predictions);
    }
  });
});

test('a part is measured in the order that was asked for', async () => {
  await startBackend('wasm');
  const examples = examplesOf(
    [
      [1, 0],
      [0, 1],
      [1, 0],
    ],
    [0, 1, 1],
  );
  const { predictions, accuracy } = await evaluate(identity(2), examples, { indices: [2, 1] });
  expect([[...predictions], accuracy]).toEqual([[0, 1], 0.5]);
});

test('refuses what can have no score', async () => {
  await startBackend('wasm');
  const model = identity(2);
  await expect(evaluate(model, examplesOf([[1, Number.NaN]], [1]))).rejects.toThrowErrorMatchingInlineSnapshot(
    `[TrainingError: evaluate: logits must be finite; received NaN, NaN for example 0.]`,
  );
  await expect(evaluate(model, examplesOf([[1, 0]], [1]), { batchSize: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[TrainingError: evaluate: batchSize must be a whole number from 1; received 0.]`,
  );
  await expect(evaluate(smallNet(3, 2, 2), examplesOf([[1, 0]], [1]))).rejects.toThrowErrorMatchingInlineSnapshot(
    `[TrainingError: evaluate: examples must have the model's input shape (=[3]); received [2].]`,
  );
});

/** A model whose logits are its inputs. */
function identity(classes: number) {
  const model = sequential({ layers: [layers.dense({ inputShape: [classes], units: classes, useBias: false })] });
  model.setWeights([tf.eye(classes)]);
  return model;
}
