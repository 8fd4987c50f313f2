import { dropoutMask, startBackend } from '@ablate/tensor-backends';
import { randomStream, streamKey } from '@ablate/random';
import { beforeEach, describe, expect, test } from 'vitest';
import { fit } from '../src/index.ts';
import { type OptimizerSettings, optimizerSchema, trainingSchema } from '../src/schema/index.ts';
import { blobs, examplesOf, regularizedNet, weightsOf } from './problems.ts';

/* A run against the same steps in plain loops and double precision: order, dropout masks, batch norm, loss, optimizer. */

const [inputs, units, classes, count, batchSize, epochs, seed] = [2, 5, 3, 11, 4, 3, 11];
const [bnMomentum, bnEpsilon, rate] = [0.9, 1e-3, 0.25];

/** Rounding to float32 gives 1e-7 to 8e-7, and 2.1e-6 (3.1e-6 with fused multiply-add) in a moving variance after RMSprop's large first steps. */
const weightTolerance = 5e-6;
/** The last batch has three rows, whose batch statistics enlarge what the weights differ in. */
const lossTolerance = 5e-6;

const optimizers = [
  { name: 'sgd', learningRate: 0.1 },
  { name: 'sgd', learningRate: 0.1, weightDecay: 0.1 },
  { name: 'momentum', learningRate: 0.05 },
  { name: 'momentum', learningRate: 0.05, momentum: 0.8, nesterov: true, weightDecay: 0.05 },
  { name: 'adam', learningRate: 0.01 },
  { name: 'adam', learningRate: 0.01, beta1: 0.8, beta2: 0.99, epsilon: 1e-3, weightDecay: 0.05 },
  { name: 'adamw', learningRate: 0.01, weightDecay: 0.5 },
  { name: 'rmsprop', learningRate: 0.01, epsilon: 1e-4, weightDecay: 0.05 },
  { name: 'rmsprop', learningRate: 0.01, epsilon: 1e-4, momentum: 0.5 },
].map((written) => optimizerSchema.parse(written));

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeEach(async () => void (await startBackend(backend)));

  test.each(optimizers)('nine steps of a net with batch norm and dropout equal plain loops, %j', async (optimizer) => {
    const { x, labels } = blobs(count);
    const model = regularizedNet(inputs, units, classes);
    const start = await weightsOf(model);
    const losses: number[] = [];
    await fit(model, {
      train: examplesOf(x, labels),
      recipe: trainingSchema.parse({ epochs, batchSize, optimizer }),
      seed,
      stepEvents: 1,
      onEvent: (event) => event.type === 'step' && losses.push(event.loss),
    });
    const expected = referenceRun(start, x, labels, optimizer);
    expect(losses).toHaveLength(9);
    for (const [step, loss] of losses.entries())
      expect(Math.abs(loss - expected.losses[step]!)).toBeLessThan(lossTolerance);
    for (const [i, weight] of (await weightsOf(model)).entries()) {
      expect(largestDifference(weight, expected.weights[i]!), `weight ${i}`).toBeLessThan(weightTolerance);
    }
  });
});

/** Weights in the order of model.weights: kernel 1, gamma, beta, kernel 2, bias 2, moving mean, moving variance. */
function referenceRun(start: number[][], x: number[][], labels: number[], optimizer: OptimizerSettings) {
  const weights = start.map((weight) => [...weight]);
  const memory = weights.slice(0, 5).map((weight) => [weight.map(() => 0), weight.map(() => 0)] as const);
  const losses: number[] = [];
  let step = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = [...randomStream(seed, `data/order/${epoch}`).permutation(count)];
    for (let first = 0; first < count; first += batchSize) {
      const rows = order.slice(first, first + batchSize);
      const { loss, gradients } = gradientsOf(
        weights,
        rows.map((row) => x[row]!),
        rows.map((row) => labels[row]!),
        step++,
      );
      losses.push(loss);
      for (const [i, gradient] of gradients.entries()) {
        // Gamma, beta and the bias are excluded.
        const decay = i === 0 || i === 3 ? optimizer.weightDecay : 0;
        update(weights[i]!, gradient, memory[i]!, optimizer, decay, step);
      }
    }
  }
  return { weights, losses };
}

/** Forward and backward by hand; also moves the moving statistics. */
function gradientsOf(weights: number[][], x: number[][], labels: number[], step: number) {
  const [kernel1, gamma, beta, kernel2, bias2, movingMean, movingVariance] = weights as [
    number[],
    number[],
    number[],
    number[],
    number[],
    number[],
    number[],
  ];
  const n = x.length;
  const place = { rate, key: streamKey(seed, 'dropout/drop'), step, row: 0 };
  const mask = table(n, units, [...dropoutMask([n, units], place).dataSync()]);
  const pre = table(n, units, (r, u) => sum(inputs, (i) => x[r]![i]! * kernel1[i * units + u]!));
  const mean = list(units, (u) => sum(n, (r) => pre[r]![u]!) / n);
  const variance = list(units, (u) => sum(n, (r) => (pre[r]![u]! - mean[u]!) ** 2) / n);
  const root = variance.map((value) => Math.sqrt(value + bnEpsilon));
  for (let u = 0; u < units; u++) {
    movingMean[u] = bnMomentum * movingMean[u]! + (1 - bnMomentum) * mean[u]!;
    movingVariance[u] = bnMomentum * movingVariance[u]! + (1 - bnMomentum) * variance[u]!;
  }
  const normal = table(n, units, (r, u) => (pre[r]![u]! - mean[u]!) / root[u]!);
  const active = table(n, units, (r, u) => Math.tanh(gamma[u]! * normal[r]![u]! + beta[u]!));
  const kept = table(n, units, (r, u) => active[r]![u]! * mask[r]![u]!);
  const logits = table(n, classes, (r, c) => bias2[c]! + sum(units, (u) => kept[r]![u]! * kernel2[u * classes + c]!));
  const total = logits.map((row) => row.reduce((s, logit) => s + Math.exp(logit), 0));
  const loss = sum(n, (r) => Math.log(total[r]!) - logits[r]![labels[r]!]!) / n;

  const dLogits = table(n, classes, (r, c) => (Math.exp(logits[r]![c]!) / total[r]! - (labels[r] === c ? 1 : 0)) / n);
  const dScaled = table(
    n,
    units,
    (r, u) =>
      sum(classes, (c) => dLogits[r]![c]! * kernel2[u * classes + c]!) * mask[r]![u]! * (1 - active[r]![u]! ** 2),
  );
  const dBeta = list(units, (u) => sum(n, (r) => dScaled[r]![u]!));
  const dGamma = list(units, (u) => sum(n, (r) => dScaled[r]![u]! * normal[r]![u]!));
  const dPre = table(
    n,
    units,
    (r, u) => (gamma[u]! / root[u]!) * (dScaled[r]![u]! - dBeta[u]! / n - (normal[r]![u]! * dGamma[u]!) / n),
  );
  const gradients = [
    table(inputs, units, (i, u) => sum(n, (r) => x[r]![i]! * dPre[r]![u]!)).flat(),
    dGamma,
    dBeta,
    table(units, classes, (u, c) => sum(n, (r) => kept[r]![u]! * dLogits[r]![c]!)).flat(),
    list(classes, (c) => sum(n, (r) => dLogits[r]![c]!)),
  ];
  return { loss, gradients };
}

/** PyTorch's formulas, in place. */
function update(
  weight: number[],
  gradient: number[],
  [first, second]: readonly [number[], number[]],
  optimizer: OptimizerSettings,
  decay: number,
  step: number,
): void {
  const { learningRate, name } = optimizer;
  for (const [i, raw] of gradient.entries()) {
    const g = name === 'adamw' ? raw : raw + decay * weight[i]!;
    if (name === 'sgd') {
      weight[i]! -= learningRate * g;
    } else if (name === 'momentum') {
      const velocity = optimizer.momentum * first[i]! + g;
      first[i] = velocity;
      weight[i]! -= learningRate * (optimizer.nesterov ? g + optimizer.momentum * velocity : velocity);
    } else if (name === 'rmsprop') {
      const { rho, momentum, epsilon } = optimizer;
      first[i] = rho * first[i]! + (1 - rho) * g * g;
      second[i] = momentum * second[i]! + g / (Math.sqrt(first[i]) + epsilon);
      weight[i]! -= learningRate * second[i];
    } else {
      const { beta1, beta2, epsilon } = optimizer;
      if (name === 'adamw') weight[i]! *= 1 - learningRate * decay;
      const mean = beta1 * first[i]! + (1 - beta1) * g;
      const square = beta2 * second[i]! + (1 - beta2) * g * g;
      [first[i], second[i]] = [mean, square];
      const root = Math.sqrt(square / (1 - beta2 ** step));
      weight[i]! -= (learningRate * (mean / (1 - beta1 ** step))) / (root + epsilon);
    }
  }
}

function list(length: number, value: (i: number) => number): number[] {
  return Array.from({ length }, (_, i) => value(i));
}

function table(rows: number, columns: number, value: number[] | ((r: number, c: number) => number)): number[][] {
  return Array.from({ length: rows }, (_, r) =>
    list(columns, (c) => (typeof value === 'function' ? value(r, c) : value[r * columns + c]!)),
  );
}

function sum(length: number, value: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < length; i++) total += value(i);
  return total;
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}
