import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { randomStream } from '@ablate/random';
import { startBackend } from '@ablate/tensor-backends';
import { beforeEach, expect, test } from 'vitest';
import { fit } from '../src/index.ts';
import { mixPlan } from '../src/mixing.ts';
import { type TrainingRecipe, trainingSchema } from '../src/schema/index.ts';
import { blobs, examplesOf, weightsOf, withSeededWeights } from './problems.ts';

/* Runs of SGD with each key of a recipe against the same steps in plain loops and double precision. */

const [units, classes, count, batchSize, epochs, seed] = [4, 3, 11, 4, 2, 11];
/** Images of 3 × 3, whose first two pixels tell the class. Of the classes there are 4, 4 and 3. */
const shape = [3, 3, 1];
const { x: points, labels } = blobs(count);
const x = points.map(([a, b], i) => [a!, b!, ...[0, 1, 2, 3, 4, 5, 6].map((k) => Math.sin(k + i))]);
const learningRate = 0.3;

/** Rounding to float32 over six steps; weights are of about 1. */
const tolerance = 4e-6;

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
  { labelSmoothing: 0.1 },
  { classWeights: [0.5, 2, 1] },
  { classWeights: 'balanced', labelSmoothing: 0.2, accumulate: 2 },
  { loss: { name: 'focal', gamma: 2 } },
  { loss: { name: 'focal', gamma: 0.5 }, classWeights: [0.5, 2, 1], labelSmoothing: 0.1 },
  { loss: { name: 'binary-cross-entropy' } },
  { loss: { name: 'mse' }, classWeights: [0.5, 0, 1], accumulate: 2 },
  { mixup: { alpha: 1 } },
  { mixup: { alpha: 1 }, accumulate: 2, labelSmoothing: 0.1, classWeights: [0.5, 2, 1] },
  { mixup: { alpha: 1 }, loss: { name: 'binary-cross-entropy' } },
  { ema: { decay: 0.7 } },
  { ema: { decay: 0.7, warmup: false }, clipNorm: 0.5, accumulate: 2 },
  { cutmix: {} },
  { cutmix: {}, mixup: {}, loss: { name: 'focal' }, classWeights: [0.5, 2, 1] },
])('six steps equal plain loops, %j', async (written) => {
  const recipe = trainingSchema.parse({ epochs, batchSize, optimizer: { name: 'sgd', learningRate }, ...written });
  const model = withSeededWeights(
    sequential({
      layers: [
        layers.flatten({ inputShape: shape }),
        layers.dense({ units, activation: 'tanh' }),
        layers.dense({ units: classes }),
      ],
    }),
  );
  const start = await weightsOf(model);
  const [losses, accuracies]: [number[], number[]] = [[], []];
  const before = tf.memory().numTensors;
  const result = await fit(model, {
    train: examplesOf(x, labels, { shape }),
    recipe,
    seed,
    stepEvents: 1,
    onEvent(event) {
      if (event.type !== 'step') return;
      losses.push(event.loss);
      accuracies.push(event.accuracy);
    },
  });
  expect(tf.memory().numTensors).toBe(before);
  const expected = referenceRun(start, recipe);
  expect(accuracies).toEqual(expected.accuracies);
  expect(largestDifference(losses, expected.losses)).toBeLessThan(tolerance);
  for (const [i, weight] of (await weightsOf(model)).entries()) {
    expect(largestDifference(weight, expected.weights[i]!), `weight ${i}`).toBeLessThan(tolerance);
  }
  expect(Math.abs(result.train!.loss - expected.evaluated)).toBeLessThan(tolerance);
});

/** Weights in the order of model.weights: kernel 1, bias 1, kernel 2, bias 2. */
function referenceRun(start: number[][], recipe: TrainingRecipe) {
  const weights = start.map((weight) => [...weight]);
  const average = start.map((weight) => [...weight]);
  const [losses, accuracies]: [number[], number[]] = [[], []];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = [...randomStream(seed, `data/order/${epoch}`).permutation(count)];
    for (let first = 0; first < count; first += batchSize) {
      const examples = batchOf(order.slice(first, first + batchSize), losses.length, recipe);
      const { loss, correct, gradients } = gradientsOf(weights, examples, recipe);
      const decay = decayOf(recipe, losses.length);
      losses.push(loss);
      accuracies.push(correct / examples.length);
      for (const [i, gradient] of clip(gradients, recipe).entries()) {
        for (const [k, g] of gradient.entries()) {
          weights[i]![k]! -= learningRate * g;
          average[i]![k] = decay * average[i]![k]! + (1 - decay) * weights[i]![k]!;
        }
      }
    }
  }
  const evaluated = x.map((input, i) => lossOf(forward(average, input).logits, oneHot(labels[i]!), recipe));
  return { weights: average, losses, accuracies, evaluated: evaluated.reduce((a, b) => a + b) / count };
}

/** Without an average, what is evaluated and kept is the weights themselves. */
function decayOf({ ema }: TrainingRecipe, step: number): number {
  if (ema === undefined) return 0;
  return ema.warmup ? Math.min(ema.decay, (1 + step) / (10 + step)) : ema.decay;
}

interface Example {
  input: number[];
  /** Before smoothing. */
  target: number[];
  hit: number;
}

/** Rows of a batch, mixed as the plan has it. */
function batchOf(rows: number[], step: number, recipe: TrainingRecipe): Example[] {
  const plan = mixPlan(recipe, { seed, step, rows: rows.length, row: 0, count: rows.length, shape });
  return rows.map((row, i) => {
    const partner = recipe.mixup || recipe.cutmix ? rows[plan.partners[i]!]! : row;
    const [share, box] = [plan.shares[i]!, plan.boxes[i]];
    const input = x[row]!.map((value, k) => {
      const other = x[partner]![k]!;
      if (!box) return share * value + (1 - share) * other;
      const [top, left] = [Math.floor(k / 3), k % 3];
      return top >= box.top && top < box.bottom && left >= box.left && left < box.right ? other : value;
    });
    const [own, theirs] = [oneHot(labels[row]!), oneHot(labels[partner]!)];
    const target = own.map((t, c) => share * t + (1 - share) * theirs[c]!);
    return { input, target, hit: share >= 0.5 ? labels[row]! : labels[partner]! };
  });
}

function gradientsOf(weights: number[][], examples: Example[], recipe: TrainingRecipe) {
  const { classWeights, labelSmoothing: s, loss: kind } = recipe;
  const w = classWeights === 'balanced' ? [11 / 12, 11 / 12, 11 / 9] : (classWeights ?? [1, 1, 1]);
  const kernel2 = weights[2]!;
  const gradients = weights.map((weight) => weight.map(() => 0));
  const weightOf = ({ target }: Example) => target.reduce((sum, t, c) => sum + t * w[c]!, 0);
  const divisor = examples.reduce((sum, example) => sum + weightOf(example), 0);
  let [loss, correct] = [0, 0];
  for (const example of examples) {
    const { input, target, hit } = example;
    const { hidden, logits } = forward(weights, input);
    const smooth = target.map((t) => (1 - s) * t + s / classes);
    const isCrossEntropy = kind.name === 'cross-entropy';
    const wanted = isCrossEntropy ? smooth.map((t, c) => w[c]! * t) : smooth;
    const factor = (isCrossEntropy ? 1 : weightOf(example)) / divisor;
    const value = (z: number[]) => factor * lossOf(z, wanted, recipe);
    loss += value(logits);
    if (logits.indexOf(Math.max(...logits)) === hit) correct++;
    const moved = (c: number, by: number) => value(logits.map((z, k) => (k === c ? z + by : z)));
    const dLogits = logits.map((_, c) => (moved(c, 1e-5) - moved(c, -1e-5)) / 2e-5);
    const dHidden = hidden.map(
      (h, u) => (1 - h * h) * dLogits.reduce((sum, d, c) => sum + d * kernel2[u * classes + c]!, 0),
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
  return { loss, correct, gradients };
}

function forward(weights: number[][], input: number[]): { hidden: number[]; logits: number[] } {
  const [kernel1, bias1, kernel2, bias2] = weights as [number[], number[], number[], number[]];
  const hidden = bias1.map((b, u) => Math.tanh(input.reduce((s, v, i) => s + v * kernel1[i * units + u]!, b)));
  const logits = bias2.map((b, c) => hidden.reduce((s, h, u) => s + h * kernel2[u * classes + c]!, b));
  return { hidden, logits };
}

function lossOf(logits: number[], target: number[], { loss }: TrainingRecipe): number {
  const total = logits.reduce((s, z) => s + Math.exp(z), 0);
  const terms = logits.map((z, c) => {
    const [p, t] = [Math.exp(z) / total, target[c]!];
    switch (loss.name) {
      case 'cross-entropy':
        return -t * Math.log(p);
      case 'focal':
        return -t * (1 - p) ** loss.gamma * Math.log(p);
      case 'binary-cross-entropy':
        return (Math.log(1 + Math.exp(z)) - t * z) / classes;
      case 'mse':
        return (z - t) ** 2 / classes;
    }
  });
  return terms.reduce((a, b) => a + b);
}

/** PyTorch's clip_grad_value_, then clip_grad_norm_. */
function clip(gradients: number[][], { clipValue = Infinity, clipNorm = Infinity }: TrainingRecipe): number[][] {
  const cut = gradients.map((gradient) => gradient.map((g) => Math.min(clipValue, Math.max(-clipValue, g))));
  const norm = Math.hypot(...cut.flat());
  const scale = Math.min(1, clipNorm / (norm + 1e-6));
  return cut.map((gradient) => gradient.map((g) => g * scale));
}

function oneHot(label: number): number[] {
  return [0, 1, 2].map((c) => (c === label ? 1 : 0));
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  expect(a).toHaveLength(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}
