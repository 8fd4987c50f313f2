import { BatchNormalization, Conv2D, Dense, Dropout, loadModel } from '@ablate/layers';
import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { noiseTensor, saved, shakeWeights } from './models.ts';

beforeAll(async () => {
  await startBackend('cpu');
});

test('a sequential model of stock layers gets ours, and predicts the same', async () => {
  const stock = sequential();
  const ours = await loadModel(await saved(stock));
  expect(ours.layers.map((layer) => layer.constructor)).toEqual([
    Conv2D,
    BatchNormalization,
    Dropout,
    stock.layers[3]?.constructor,
    Dense,
  ]);
  expectSame(ours, stock);
});

test('so does a model within a model', async () => {
  const x = tfl.input({ shape: [6, 6, 1] });
  const y = sequential().apply(x) as tfl.SymbolicTensor;
  const stock = tfl.model({ inputs: x, outputs: tfl.layers.dense({ units: 2, name: 'top' }).apply(y) as typeof y });
  const ours = await loadModel(await saved(stock));
  expect(ours.getLayer('top')).toBeInstanceOf(Dense);
  expect((ours.layers[1] as tfl.Sequential).layers[0]).toBeInstanceOf(Conv2D);
  expectSame(ours, stock);
});

test('a layer with options that ours lack stays stock', async () => {
  const regularized = tfl.layers.dense({
    units: 3,
    inputShape: [4],
    kernelRegularizer: tfl.regularizers.l2({ l2: 0.1 }),
    name: 'regularized',
  });
  const normal = tfl.layers.dense({ units: 3, kernelInitializer: 'randomNormal', name: 'normal' });
  const model = tfl.sequential({ layers: [regularized, normal, tfl.layers.dense({ units: 1, name: 'plain' })] });
  const loaded = await loadModel(await saved(model));
  expect(loaded.getLayer('regularized').constructor).toBe(regularized.constructor);
  expect(loaded.getLayer('normal').constructor).toBe(normal.constructor);
  expect(loaded.getLayer('plain')).toBeInstanceOf(Dense);
  expect(loaded.getLayer('regularized').losses.length).toBe(1);
});

test('afterwards stock tfjs loads stock classes', async () => {
  const model = sequential();
  const handler = await saved(model);
  const table = () => Object.entries(tf.serialization.SerializationMap.getMap().classNameMap).map(([k, [c]]) => [k, c]);
  const before = table();
  await loadModel(handler);
  await expect(loadModel(tf.io.fromMemory({ modelTopology: { class_name: 'Nope', config: {} } }))).rejects.toThrow(
    'Unknown layer: Nope',
  );
  expect(table()).toEqual(before);
  expect(table().filter(([name]) => String(name).startsWith('Ablate'))).toEqual([]);
  const stock = await tfl.loadLayersModel(handler);
  expect(stock.layers.map((layer) => layer.constructor)).toEqual(model.layers.map((layer) => layer.constructor));
});

test('loading leaves nothing but the weights of the model', async () => {
  const handler = await saved(sequential());
  const before = tf.memory().numTensors;
  const model = await loadModel(handler);
  expect(tf.memory().numTensors - before).toBe(model.weights.length);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('a source without a topology is refused', async () => {
  await expect(loadModel({ load: () => Promise.resolve({}) })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[Error: loadModel: the source must hold a layers model; it has no topology in JSON.]`,
  );
});

function sequential(): tfl.Sequential {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({ filters: 2, kernelSize: 3, activation: 'relu', inputShape: [6, 6, 1] }),
      tfl.layers.batchNormalization({}),
      tfl.layers.dropout({ rate: 0.5 }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  shakeWeights(model);
  return model;
}

function expectSame(ours: tfl.LayersModel, stock: tfl.LayersModel): void {
  const image = noiseTensor([2, 6, 6, 1], 'image');
  const [y, expected] = [ours, stock].map((model) => (model.predict(image) as tf.Tensor).dataSync());
  expected?.forEach((value, i) => expect(y?.[i]).toBeCloseTo(value, 5));
}
