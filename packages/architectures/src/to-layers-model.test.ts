import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildGraph } from './schema/build-graph.ts';
import type { Graph } from './schema/graph.ts';
import { countParameters, inspectGraph } from './schema/inspect.ts';
import { toLayersModel } from './to-layers-model.ts';

beforeAll(async () => {
  await startBackend('cpu');
});

describe.each([
  [{ name: 'mlp', batchNorm: true, dropout: 0.5 }, 70_090],
  [{ name: 'simple-cnn' }, 50_186],
  [{ name: 'residual-cnn' }, 163_466],
])('%j', (architecture, trainable) => {
  test(`has ${trainable} trainable parameters also as a model, and no other weights than its graph`, () => {
    const graph = graphOf(architecture);
    const model = toLayersModel(graph, { seed: 1 });
    expect(countElements(model.trainableWeights)).toBe(trainable);
    expect(countElements(model.nonTrainableWeights)).toBe(countParameters(graph).nonTrainable);
    expect(model.outputs[0]?.shape).toEqual([null, 10]);
    model.dispose();
  });

  test('predicts finite logits that are not all one', async () => {
    const model = toLayersModel(graphOf(architecture), { seed: 1 });
    const images = tf.tensor(
      Float32Array.from({ length: 2 * 784 }, (_, i) => Math.sin(i)),
      [2, 28, 28, 1],
    );
    const logits = model.predict(images) as tf.Tensor;
    const values = await logits.data();
    expect(values.every(Number.isFinite)).toBe(true);
    expect(new Set(values).size).toBe(20);
    tf.dispose([images, logits]);
    model.dispose();
  });
});

const layers = [
  { conv2d: { filters: 4, kernelSize: 3, kernelInitializer: 'heNormal' } },
  { residual: { main: [{ conv2d: { filters: 4, kernelSize: 3, padding: 'same' } }, 'batchNormalization'] } },
  'flatten',
  { dense: { units: 10 } },
];

test('the same seed gives the same bits, another seed others, in one process', async () => {
  const graph = graphOf({ layers });
  const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => weightsOf(toLayersModel(graph, { seed }))));
  expect(again).toEqual(first);
  for (const name of ['conv2d_1/kernel', 'residual_1/main/conv2d_1/kernel', 'dense_1/kernel']) {
    expect(other?.get(name)).not.toEqual(first?.get(name));
  }
});

test('a layer added elsewhere changes no other initial weight', async () => {
  const before = await weightsOf(toLayersModel(graphOf({ layers }), { seed: 1 }));
  const more = [...layers.slice(0, 1), { depthwiseConv2d: { kernelSize: 3, padding: 'same' } }, ...layers.slice(1)];
  const after = await weightsOf(toLayersModel(graphOf({ layers: more }), { seed: 1 }));
  expect(after.size).toBe(before.size + 2);
  expect([...after].filter(([name]) => before.has(name))).toEqual([...before]);
});

test('initial values are what the initializers say: he normal of variance 2 / fan-in, zeros, ones', async () => {
  const graph = graphOf({
    layers: [
      'flatten',
      { dense: { units: 64, kernelInitializer: 'heNormal' } },
      'batchNormalization',
      { dense: { units: 10 } },
    ],
  });
  const weights = await weightsOf(toLayersModel(graph, { seed: 5 }));
  const kernel = weights.get('dense_1/kernel') ?? new Float32Array();
  const variance = kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length;
  // 50,176 values: five standard errors of a variance are below 5 % of it.
  expect(Math.abs(variance / (2 / 784) - 1)).toBeLessThan(0.05);
  expect(new Set(weights.get('dense_1/bias'))).toEqual(new Set([0]));
  expect(new Set(weights.get('batchNormalization_1/gamma'))).toEqual(new Set([1]));
  expect(new Set(weights.get('batchNormalization_1/moving_variance'))).toEqual(new Set([1]));
});

test('every layer that a list can hold is built with the weights and shapes of its descriptor', () => {
  const all = [
    { zeroPadding2d: { padding: 1 } },
    { conv2d: { filters: 4, kernelSize: [3, 1], strides: [1, 2], activation: 'relu' } },
    { depthwiseConv2d: { kernelSize: 3, depthMultiplier: 2 } },
    { separableConv2d: { filters: 6, kernelSize: 3 } },
    'leakyReLU',
    { averagePooling2d: { poolSize: 2 } },
    { parallel: { branches: [['globalAveragePooling2d'], ['globalMaxPooling2d']] } },
    { dense: { units: 10 } },
  ];
  const graph = graphOf({ layers: all });
  const model = toLayersModel(graph, { seed: 1 });
  expect(countElements(model.trainableWeights)).toBe(countParameters(graph).trainable);
  for (const { id, outputShape } of inspectGraph(graph)) {
    expect([id, model.getLayer(id).outputShape]).toEqual([id, [null, ...outputShape]]);
  }
  model.dispose();
});

test('branches of nothing pass their input on, and are summed as often as they stand there', async () => {
  const { graph } = buildGraph(
    { layers: [{ parallel: { branches: [[], [], []], merge: 'add' } }] },
    { inputShape: [2], classes: 2 },
  );
  const model = toLayersModel(graph as Graph, { seed: 1 });
  const output = model.predict(tf.tensor2d([[1, -2]])) as tf.Tensor;
  expect([...(await output.data())]).toEqual([3, -6]);
  model.dispose();
});

test('building and disposing twice leaves no tensor behind', () => {
  const graph = graphOf({ name: 'residual-cnn', filters: [2] });
  toLayersModel(graph, { seed: 1 }).dispose();
  const before = tf.memory().numTensors;
  for (const seed of [1, 2]) toLayersModel(graph, { seed }).dispose();
  expect(tf.memory().numTensors).toBe(before);
});

function graphOf(architecture: unknown): Graph {
  const { graph, problems } = buildGraph(architecture, { inputShape: [28, 28, 1], classes: 10 });
  expect(problems).toEqual([]);
  return graph as Graph;
}

function countElements(weights: LayersModel['weights']): number {
  return weights.reduce((sum, { shape }) => sum + shape.reduce<number>((a, b) => a * Number(b), 1), 0);
}

/** Values by original name; disposes the model. */
async function weightsOf(model: LayersModel): Promise<Map<string, Float32Array>> {
  const values = await Promise.all(
    model.weights.map(async (weight) => {
      const data = await weight.read().data();
      return [weight.originalName, Float32Array.from(data)] as const;
    }),
  );
  model.dispose();
  return new Map(values);
}
