import * as tf from '@tensorflow/tfjs-core';
import { randomStream } from '@ablate/random';
import { startBackend } from '@ablate/tensor-backends';
import { beforeEach, expect, test } from 'vitest';
import { fit } from '../src/index.ts';
import { type TrainingRecipe, trainingSchema } from '../src/schema/index.ts';
import { blobs, examplesOf, smallNet, weightsOf } from './problems.ts';

/* Runs of SGD with each key of a recipe against the same steps in plain loops and double precision. */

const [inputs, units, classes, count, batchSize, epochs, seed] = [2, 4, 3, 11, 4, 2, 11];
const { x, labels } = blobs(count);
const learningRate = 0.3;

/** Rounding to float32 over six steps; weights are of about 1. */
const tolerance = 2e-6;

beforeEach(async () => void (await startBackend('wasm')));

test.each([
  { clipNorm: 0.1 },
  { clipNorm: 1000 },
  { clipValue: 0.02 },
  { clipNorm: 0.1, clipValue: 0.05 },
  // Batches of 4, 4 and 3.
  { accumulate: 2 },
  { accumulate: 4 },
  { accumulate: 3, clipNorm: 0.1 },
])('six steps equal plain loops, %j', async (written) => {
  const recipe = trainingSchema.parse({ epochs, batchSize, optimizer: { name: 'sgd', learningRate }, ...written });
  const model = smallNet(inputs, units, classes);
  const start = await weightsOf(model);
  const losses: number[] = [];
  const before = tf.memory().numTensors;
  await fit(model, {
    train: examplesOf(x, labels),
    recipe,
    seed,
    stepEvents: 1,
    onEvent: (event) => event.type === 'step' && losses.push(event.loss),
  });
  expect(tf.memory().numTensors).toBe(before);
  const expected = referenceRun(start, recipe);
  expect(largestDifference(losses, expected.losses)).toBeLessThan(tolerance);
  for (const [i, weight] of (await weightsOf(model)).entries()) {
    expect(largestDifference(weight, expected.weights[i]!), `weight ${i}`).toBeLessThan(tolerance);
  }
});

/** Weights in the order of model.weights: kernel 1, bias 1, kernel 2, bias 2. */
function referenceRun(start: number[][], recipe: TrainingRecipe) {
  const weights = start.map((weight) => [...weight]);
  const losses: number[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = [...randomStream(seed, `data/order/${epoch}`).permutation(count)];
    for (let first = 0; first < count; first += batchSize) {
      const rows = order.slice(first, first + batchSize);
      const { loss, gradients } = gradientsOf(weights, rows);
      losses.push(loss);
      const clipped = clip(gradients, recipe);
      for (const [i, gradient] of clipped.entries()) {
        for (const [k, g] of gradient.entries()) weights[i]![k]! -= learningRate * g;
      }
    }
  }
  return { weights, losses };
}

function gradientsOf(weights: number[][], rows: number[]): { loss: number; gradients: number[][] } {
  const [kernel1, bias1, kernel2, bias2] = weights as [number[], number[], number[], number[]];
  const gradients = weights.map((weight) => weight.map(() => 0));
  let loss = 0;
  for (const row of rows) {
    const input = x[row]!;
    const hidden = bias1.map((b, u) => Math.tanh(input.reduce((s, v, i) => s + v * kernel1[i * units + u]!, b)));
    const logits = bias2.map((b, c) => hidden.reduce((s, h, u) => s + h * kernel2[u * classes + c]!, b));
    const total = logits.reduce((s, z) => s + Math.exp(z), 0);
    loss += (Math.log(total) - logits[labels[row]!]!) / rows.length;
    const dLogits = logits.map((z, c) => (Math.exp(z) / total - (c === labels[row] ? 1 : 0)) / rows.length);
    const dHidden = hidden.map(
      (h, u) => (1 - h * h) * dLogits.reduce((s, d, c) => s + d * kernel2[u * classes + c]!, 0),
    );
    for (const [u, d] of dHidden.entries()) {
      gradients[1]![u]! += d;
      for (const [i, v] of input.entries()) gradients[0]![i * units + u]! += v * d;
    }
    for (const [c, d] of dLogits.entries()) {
      gradients[3]![c]! += d;
      for (const [u, h] of hidden.entries()) gradients[2]![u * classes + c]! += h * d;
    }
  }
  return { loss, gradients };
}

/** PyTorch's clip_grad_value_, then clip_grad_norm_. */
function clip(gradients: number[][], { clipValue = Infinity, clipNorm = Infinity }: TrainingRecipe): number[][] {
  const cut = gradients.map((gradient) => gradient.map((g) => Math.min(clipValue, Math.max(-clipValue, g))));
  const norm = Math.hypot(...cut.flat());
  const scale = Math.min(1, clipNorm / (norm + 1e-6));
  return cut.map((gradient) => gradient.map((g) => g * scale));
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  expect(a).toHaveLength(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}
