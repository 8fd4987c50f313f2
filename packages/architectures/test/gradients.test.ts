import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { toLayersModel } from '../src/index.ts';
import { buildGraph } from '../src/schema/index.ts';

const small = { inputShape: [16, 16, 3], classes: 5 };
const BATCH = 4;

beforeAll(async () => {
  await startBackend('wasm');
});

/** A thinned member of each builder. */
const networks: Record<string, unknown>[] = [
  { name: 'mlp' },
  { name: 'simple-cnn' },
  { name: 'residual-cnn', filters: [8, 8] },
  { name: 'plain-cnn', filters: [8, 8, 8] },
  { name: 'lenet-5' },
  { name: 'vgg-11', widthMultiplier: 0.1, norm: 'batch' },
  { name: 'resnet-20', widthMultiplier: 0.5 },
  { name: 'resnet-20', widthMultiplier: 0.5, shortcut: 'projected', attention: 'cbam' },
  { name: 'plain-20', widthMultiplier: 0.5 },
  { name: 'se-resnet-20', widthMultiplier: 0.5 },
  { name: 'pre-resnet-20', widthMultiplier: 0.5, dropPath: 0.2 },
  { name: 'wide-resnet-16-4', widthMultiplier: 0.25, dropout: 0.3 },
  { name: 'resnet-18', widthMultiplier: 0.125, norm: 'group', groups: 2 },
  { name: 'resnet-50', widthMultiplier: 0.1 },
  { name: 'mobilenet-v1', widthMultiplier: 0.1 },
  { name: 'mobilenet-v2', widthMultiplier: 0.1, norm: 'layer' },
];

test.each(networks)(
  '%j as a model has the weights of its graph, and finite gradients, most of them not zero',
  (written) => {
    const { graph, problems } = buildGraph(written, small);
    expect(problems).toEqual([]);
    if (graph === null) return;
    const before = tf.memory().numTensors;
    const model = toLayersModel(graph, { seed: 1 });
    const images = tf.tensor4d(
      Float32Array.from({ length: BATCH * 16 * 16 * 3 }, (_, i) => Math.sin(i * i)),
      [BATCH, 16, 16, 3],
    );
    const labels = tf.oneHot([0, 1, 2, 3], 5);
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const kwargs = { training: true, random: { seed: 1, step: 0, row: 0 } };
    const { value, grads } = tf.variableGrads(
      () => tf.losses.softmaxCrossEntropy(labels, model.apply(images, kwargs) as tf.Tensor) as tf.Scalar,
      variables,
    );
    const norms = Object.values(grads).map((gradient) => tf.tidy(() => tf.norm(gradient).dataSync()[0] as number));
    expect(norms).toHaveLength(variables.length);
    expect(value.dataSync().every(Number.isFinite)).toBe(true);
    expect(norms.every(Number.isFinite)).toBe(true);
    expect(norms.filter((norm) => norm > 0).length / norms.length).toBeGreaterThan(0.9);
    tf.dispose([images, labels, value, grads]);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  },
);
