import { toLayersModel } from '@ablate/architectures';
import { buildGraph } from '@ablate/architectures/schema';
import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { DEEP, figure } from '../test/figures.ts';
import { effectiveReceptiveField } from './effective-receptive-field.ts';
import { effectiveField } from './schema/effective-field.ts';

beforeAll(async () => {
  await startBackend('wasm');
});

// All weights 1: the map is the n-fold convolution of a box of 3, whose variance is n · (3² − 1)/12 = 2n/3.
test.each([
  [1, 1 / 9],
  // (51 / 3⁵)²: the middle of five boxes.
  [5, (51 / 243) ** 2],
])('%i linear 3×3 layers with equal weights: σ = √(2n/3)', async (depth, peak) => {
  const model = linear(depth, 1, () => initializers.constant({ value: 1 / 9 }));
  const field = await fieldOf(model, depth);
  expect(field.standardDeviation[0]).toBeCloseTo(Math.sqrt((2 * depth) / 3), 4);
  expect(field.standardDeviation[1]).toBeCloseTo(Math.sqrt((2 * depth) / 3), 4);
  expect(field.mean).toEqual([expect.closeTo(depth, 4), expect.closeTo(depth, 4)]);
  expect(field.peak).toBeCloseTo(peak, 6);
});

// Luo et al., §2.2: the variance of a random gradient is the n-fold convolution of the box. The mean modulus of a Gaussian
// goes as the root of that, which tends to σ = √(4n/3); for few layers the tails end sooner, so that it is summed up here.
test('linear 3×3 layers with random weights: σ is that of the root of the n-fold box, and grows as √n', async () => {
  const depths = DEEP ? [5, 10, 15, 20, 30, 40] : [5, 10, 15];
  const points: { x: number; y: number; error: number }[] = [];
  for (const depth of depths) {
    const deviations: number[] = [];
    for (let draw = 0; draw < (DEEP ? 24 : 8); draw++) {
      deviations.push(...(await fieldOf(randomLinear(depth, draw + 1), depth)).standardDeviation);
    }
    const mean = deviations.reduce((sum, value) => sum + value, 0) / deviations.length;
    const variance = deviations.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (deviations.length - 1);
    const error = Math.sqrt(variance / deviations.length) / mean;
    figure(
      `${depth} linear 3×3 layers: σ ${mean.toFixed(3)} ± ${(mean * error).toFixed(3)}, from theory ${rootOfBox(depth).toFixed(3)}`,
    );
    points.push({ x: Math.log(rootOfBox(depth)), y: Math.log(mean), error });
  }
  const { slope, error } = fit(points);
  figure(`effective receptive field: grows as theory to the power ${slope.toFixed(4)} ± ${error.toFixed(4)}`);
  expect(Math.abs(slope - 1)).toBeLessThan(3 * error);
  // Four channels are not yet Gaussian: up to 3 % less was seen.
  expect(points.filter(({ x, y }) => Math.abs(y - x) > 0.05)).toEqual([]);
  expect(rootOfBox(40) / Math.sqrt((4 * 40) / 3)).toBeCloseTo(0.99, 2);
});

test('the mean over examples and channels of |∂/∂x|, of the layer that is named, without leaving tensors', async () => {
  const model = sequential({
    layers: [
      layers.conv2d({ inputShape: [3, 3, 2], filters: 1, kernelSize: 1, useBias: false, name: 'mix' }),
      layers.activation({ activation: 'relu', name: 'relu' }),
      layers.flatten({ name: 'flat' }),
    ],
  });
  model.layers[0]?.setWeights([tf.tensor4d([2, -4], [1, 1, 2, 1])]);
  // The first example is on, the second off: ∂ is (2, −4) and (0, 0).
  const inputs = tf.stack([tf.mul(tf.ones([3, 3, 2]), tf.tensor([1, 0])), tf.ones([3, 3, 2])]) as tf.Tensor4D;
  const before = tf.memory().numTensors;
  const mixed = await effectiveReceptiveField(model, inputs, { layer: 'mix', batchSize: 1 });
  const gated = await effectiveReceptiveField(model, inputs, { batchSize: 2 });
  expect(tf.memory().numTensors).toBe(before);
  expect([...mixed.map]).toEqual([0, 0, 0, 0, 3, 0, 0, 0, 0]);
  expect(gated).toMatchObject({ layer: 'relu', height: 3, width: 3, peak: 1.5, area: 1, standardDeviation: [0, 0] });
  await expect(effectiveReceptiveField(model, inputs, { layer: 'flat' })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[Error: effectiveReceptiveField: the layer must be one of the model whose output is an image (mix, relu); received "flat".]`,
  );
});

test('pixels above 4.55 % of the peak count', () => {
  expect(effectiveField([0, 0.0456, 1, 0.0454], [1, 4])).toMatchObject({ area: 2, peak: 1 });
  expect(effectiveField([1, 0, 0, 1], [2, 2])).toMatchObject({ mean: [0.5, 0.5], standardDeviation: [0.5, 0.5] });
  expect(() => effectiveField([1, -1], [1, 2])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: effectiveField: an influence must be finite and not negative; received -1 at row 0, column 1.]`,
  );
  expect(() => effectiveField([1], [1, 2])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: effectiveField: the map must have 1×2 values; received 1.]`,
  );
});

function randomLinear(depth: number, seed: number): LayersModel {
  const conv = { conv2d: { filters: 4, kernelSize: 3, useBias: false, kernelInitializer: 'leCunNormal' } };
  const list = [...Array.from({ length: depth }, () => conv), 'flatten', { dense: { units: 2 } }];
  const { graph } = buildGraph({ layers: list }, { inputShape: [2 * depth + 1, 2 * depth + 1, 1], classes: 2 });
  if (graph === null) throw new Error('not built');
  return toLayersModel(graph, { seed });
}

function linear(depth: number, filters: number, kernelInitializer: () => tf.serialization.Serializable): LayersModel {
  const extent = 2 * depth + 1;
  return sequential({
    layers: Array.from({ length: depth }, (_, index) =>
      layers.conv2d({
        ...(index === 0 ? { inputShape: [extent, extent, 1] } : {}),
        filters,
        kernelSize: 3,
        useBias: false,
        kernelInitializer: kernelInitializer() as ReturnType<typeof initializers.constant>,
      }),
    ),
  });
}

/** Standard deviation of √(n-fold convolution of a box of 3). */
function rootOfBox(depth: number): number {
  let box = [1];
  for (let fold = 0; fold < depth; fold++) {
    box = Array.from(
      { length: box.length + 2 },
      (_, at) => ((box[at] ?? 0) + (box[at - 1] ?? 0) + (box[at - 2] ?? 0)) / 3,
    );
  }
  return effectiveField(box.map(Math.sqrt), [1, box.length]).standardDeviation[1];
}

/** Gradients of a linear network do not depend on the image: one is enough. */
async function fieldOf(model: LayersModel, depth: number) {
  const extent = 2 * depth + 1;
  const image = tf.ones([1, extent, extent, 1]) as tf.Tensor4D;
  const field = await effectiveReceptiveField(model, image);
  image.dispose();
  model.dispose();
  return field;
}

/** Slope of a line through the points, weighted by their errors, and the standard error of it. */
function fit(points: readonly { x: number; y: number; error: number }[]): { slope: number; error: number } {
  const sum = (of: (point: (typeof points)[number]) => number) =>
    points.reduce((total, point) => total + of(point) / point.error ** 2, 0);
  const middle = sum(({ x }) => x) / sum(() => 1);
  const spread = sum(({ x }) => (x - middle) ** 2);
  return { slope: sum(({ x, y }) => (x - middle) * y) / spread, error: Math.sqrt(1 / spread) };
}
