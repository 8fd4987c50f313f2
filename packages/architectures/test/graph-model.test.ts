import { countKernels, softmaxCrossEntropy, startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model as modelOf } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toLayersModel } from '../src/index.ts';
import { buildGraph, type Graph } from '../src/schema/index.ts';

beforeAll(() => startBackend('wasm'));

const resnetBlock = [
  { conv2d: { filters: 4, kernelSize: 3, padding: 'same', useBias: false } },
  'batchNormalization',
  { activation: { activation: 'relu' } },
  {
    residual: {
      main: [
        { conv2d: { filters: 4, kernelSize: 3, padding: 'same' } },
        { activation: { activation: 'relu' } },
        'batchNormalization',
      ],
    },
  },
  { activation: { activation: 'relu' } },
  'globalAveragePooling2d',
  { dense: { units: 6 } },
  { activation: { activation: 'relu' } },
  { dense: { units: 10 } },
];
const networks = {
  'residual-cnn': { name: 'residual-cnn', filters: [4, 6], dropout: 0 },
  'simple-cnn': { name: 'simple-cnn', filters: [4, 6], dropout: 0 },
  mlp: { name: 'mlp', units: [8, 5], batchNorm: true },
  block: { layers: resnetBlock },
  pooled: {
    layers: [
      { conv2d: { filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' } },
      { maxPooling2d: { poolSize: 3, strides: 2, padding: 'same' } },
      { conv2d: { filters: 4, kernelSize: 3, useBias: false } },
      { activation: { activation: 'relu' } },
      { maxPooling2d: { poolSize: [2, 3] } },
      'flatten',
      { dense: { units: 10 } },
    ],
  },
};

describe.each(Object.entries(networks))('%s', (_, architecture) => {
  let fused: LayersModel;
  let stepwise: LayersModel;

  beforeAll(() => {
    fused = toLayersModel(graphOf(architecture), { seed: 1 });
    stepwise = modelOf({ inputs: fused.inputs, outputs: fused.outputs });
  });
  afterAll(() => void fused.dispose());

  test.each([true, false])(
    'computes what its layers compute one by one, training %s, with the same gradients',
    (training) => {
      tf.tidy(() => {
        const x = images(5);
        const run = (model: LayersModel) =>
          tf.variableGrads(() => {
            const logits = model.apply(x, { training }) as tf.Tensor2D;
            return tf.mean(tf.square(tf.sub(logits, 1))) as tf.Scalar;
          });
        const [got, want] = [run(fused), run(stepwise)];
        expect(norm(tf.sub(got.value, want.value))).toBeLessThan(1e-5 * norm(want.value));
        const largest = Math.max(...Object.values(want.grads).map(norm));
        expect(Object.keys(got.grads)).toEqual(Object.keys(want.grads));
        for (const [name, gradient] of Object.entries(want.grads)) {
          expect(norm(tf.sub(got.grads[name] as tf.Tensor, gradient))).toBeLessThan(1e-5 * largest);
        }
      });
    },
  );

  test('leaves no tensor behind, and the input as it is', () => {
    const x = images(2);
    const before = tf.memory().numTensors;
    for (const training of [true, false]) tf.dispose(fused.apply(x, { training }) as tf.Tensor);
    expect(tf.memory().numTensors).toBe(before);
    expect(x.isDisposed).toBe(false);
    x.dispose();
  });

  test('saves the topology of stock layers', () => {
    expect(fused.getClassName()).toBe('Model');
    expect(JSON.parse(fused.toJSON() as string)['config'].layers).toEqual(
      JSON.parse(stepwise.toJSON() as string)['config'].layers,
    );
  });
});

test('a penalized output is that before a ReLU and a pooling, which have passes of their own', () => {
  const conv2d = { filters: 4, kernelSize: 3, activityRegularizer: { l1: 0.1, l2: 0.2 } };
  const layers = [
    { conv2d },
    { activation: { activation: 'relu' } },
    'maxPooling2d',
    'flatten',
    { dense: { units: 10 } },
  ];
  const fused = toLayersModel(graphOf({ layers }), { seed: 1 });
  const stepwise = modelOf({ inputs: fused.inputs, outputs: fused.outputs });
  const losses = [fused, stepwise].map((model) =>
    tf.tidy(() => {
      model.apply(images(3), { training: true });
      return model.calculateLosses().map((loss) => loss.dataSync()[0] as number);
    }),
  );
  const inner = modelOf({ inputs: fused.inputs, outputs: fused.getLayer('conv2d_1').output });
  const y = tf.tidy(() => [...(inner.predict(images(3)) as tf.Tensor).dataSync()]);
  const expected = y.reduce((sum, value) => sum + 0.1 * Math.abs(value) + 0.2 * value ** 2, 0) / 3;
  for (const own of losses) {
    expect(own).toHaveLength(1);
    expect(Math.abs((own[0] as number) / expected - 1)).toBeLessThan(1e-5);
  }
  fused.dispose();
});

test('the output before a ReLU is still what the normalization gives, for those who ask for it', () => {
  const model = toLayersModel(graphOf({ layers: resnetBlock }), { seed: 1 });
  const inner = modelOf({
    inputs: model.inputs,
    outputs: model.getLayer('batchNormalization_1').output,
  });
  const values = tf.tidy(() => (inner.apply(images(3), { training: true }) as tf.Tensor).dataSync());
  expect(Math.min(...values)).toBeLessThan(0);
  model.dispose();
});

/** Kernels of a step that compute or copy: not the names that tfjs gives to the same values. */
test.each([
  [{ name: 'simple-cnn' }, { layers: 7, forward: 7, backward: 12 }],
  [{ name: 'residual-cnn' }, { layers: 14, forward: 11, backward: 14 }],
  [
    { name: 'mlp', batchNorm: true },
    { layers: 8, forward: 6, backward: 11 },
  ],
])(
  '%j: a step dispatches about as many kernels as the network has layers, each way',
  async (architecture, expected) => {
    const graph = graphOf(architecture);
    const model = toLayersModel(graph, { seed: 1 });
    const x = images(2);
    const labels = tf.tensor1d([1, 2], 'int32');
    const loss = () =>
      softmaxCrossEntropy(
        model.apply(x, { training: true, random: { seed: 1, step: 0, row: 0 } }) as tf.Tensor2D,
        labels,
      ).loss;
    const forward = await countKernels(() => void tf.tidy(loss));
    const both = await countKernels(() => tf.dispose(Object.values(tf.variableGrads(loss).grads)));
    const work = (counts: Map<string, number>) =>
      [...counts].reduce((sum, [name, count]) => (name === 'Identity' || name === 'Reshape' ? sum : sum + count), 0);
    expect({ layers: graph.nodes.length, forward: work(forward), backward: work(both) - work(forward) }).toEqual(
      expected,
    );
    tf.dispose([x, labels]);
    model.dispose();
  },
);

function images(count: number): tf.Tensor4D {
  return tf.tensor4d(
    Float32Array.from({ length: count * 784 }, (_, i) => Math.sin(i * 1.7)),
    [count, 28, 28, 1],
  );
}

function norm(tensor: tf.Tensor): number {
  return Math.hypot(...tensor.dataSync());
}

function graphOf(architecture: unknown): Graph {
  const { graph, problems } = buildGraph(architecture, { inputShape: [28, 28, 1], classes: 10 });
  expect(problems).toEqual([]);
  return graph as Graph;
}
