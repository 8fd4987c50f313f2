import { BatchNormalization, Conv2D, createLayer, Dense, Dropout, loadModel } from '@ablate/layers';
import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { saved } from '../src/contract/saved.ts';
import { noiseTensor, shakeWeights } from './models.ts';

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
  const constrained = tfl.layers.dense({
    units: 3,
    inputShape: [4],
    kernelConstraint: tfl.constraints.nonNeg(),
    name: 'constrained',
  });
  const normal = tfl.layers.dense({ units: 3, kernelInitializer: 'randomNormal', name: 'normal' });
  const model = tfl.sequential({ layers: [constrained, normal, tfl.layers.dense({ units: 1, name: 'plain' })] });
  const loaded = await loadModel(await saved(model));
  expect(loaded.getLayer('constrained').constructor).toBe(constrained.constructor);
  expect(loaded.getLayer('normal').constructor).toBe(normal.constructor);
  expect(loaded.getLayer('plain')).toBeInstanceOf(Dense);
});

test('penalties of the kernel and bias of a stock layer stay, to the same loss', async () => {
  const penalised = tfl.layers.dense({
    units: 3,
    name: 'penalised',
    kernelRegularizer: tfl.regularizers.l1l2({ l1: 0.2, l2: 0.1 }),
    biasRegularizer: tfl.regularizers.l1({ l1: 0.3 }),
    biasInitializer: 'ones',
  });
  const x = tfl.input({ shape: [4] });
  const stock = tfl.model({ inputs: x, outputs: penalised.apply(x) as tfl.SymbolicTensor });
  const ours = await loadModel(await saved(stock));
  expect(ours.getLayer('penalised')).toBeInstanceOf(Dense);
  const losses = (model: tfl.LayersModel) => model.calculateLosses().map((loss) => loss.dataSync()[0] as number);
  expect(losses(ours)).toEqual(losses(stock));
  const [kernel] = stock.getWeights().map((weight) => [...weight.dataSync()]);
  const sum = (of: (w: number) => number) => (kernel ?? []).reduce((total, w) => total + of(w), 0);
  expect(losses(ours)[0]).toBeCloseTo(0.2 * sum(Math.abs) + 0.1 * sum((w) => w * w), 5);
  expect(losses(ours)[1]).toBeCloseTo(0.9, 6);
});

describe('a penalty of outputs', () => {
  test.each([
    ['dense', { units: 3, activation: 'relu' }, [4]],
    ['conv2d', { filters: 2, kernelSize: 3 }, [5, 5, 2]],
    ['depthwiseConv2d', { kernelSize: 3 }, [5, 5, 2]],
    ['separableConv2d', { filters: 2, kernelSize: 3 }, [5, 5, 2]],
    ['weightStandardizedConv2d', { filters: 2, kernelSize: 3 }, [5, 5, 2]],
  ])('of %s is saved: the same loss and gradients in loadModel', async (type, args, shape) => {
    const model = penalized(type, { ...args, activityRegularizer: { l1: 0.3, l2: 0.7 } }, shape);
    const loaded = await loadModel(await saved(model));
    const x = noiseTensor([6, ...shape], 'x');
    const lossAndGradients = (net: tfl.LayersModel) => {
      const variables = net.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const { value, grads } = tf.variableGrads(() => {
        net.apply(x, { training: true });
        const [loss, ...others] = net.calculateLosses();
        expect(others).toEqual([]);
        return loss as tf.Scalar;
      }, variables);
      return [value, ...variables.map(({ name }) => grads[name] as tf.Tensor)].map((one) => [...one.dataSync()]);
    };
    const expected = lossAndGradients(model);
    expect(expected[0]?.[0]).toBeGreaterThan(0.01);
    expect(Math.hypot(...(expected[1] ?? []))).toBeGreaterThan(0.01);
    expect(lossAndGradients(loaded)).toEqual(expected);
  });

  test('is left out by stock layers, which predict the same', async () => {
    const args = { kernelSize: 3, activityRegularizer: { l2: 1 } };
    for (const type of ['conv2d', 'depthwiseConv2d', 'separableConv2d']) {
      const model = penalized(type, type === 'depthwiseConv2d' ? args : { ...args, filters: 2 }, [5, 5, 2]);
      const stock = await tfl.loadLayersModel(await saved(model));
      const row = noiseTensor([2, 5, 5, 2], 'row');
      const [y = [], expected = []] = [stock, model].map((one) => [...(one.predict(row) as tf.Tensor).dataSync()]);
      for (const [i, value] of expected.entries()) expect(y[i]).toBeCloseTo(value, 5);
    }
  });

  test('is no part of a config without one', () => {
    const plain = createLayer('dense', { units: 3 }, 'plain').getConfig();
    expect(Object.keys(plain)).not.toContain('activityPenalty');
  });

  test.each([
    ['L1L2', { l1: 0.1, l2: 0.2 }, { l1: 0.1, l2: 0.2 }],
    ['L1', { l1: 0.1 }, { l1: 0.1, l2: 0 }],
    ['L2', { l2: 0.2 }, { l1: 0, l2: 0.2 }],
  ])('that Keras saved as %s %j is ours; tf.layers throws', async (className, factors, penalty) => {
    const modelTopology = kerasDense({ activity_regularizer: { class_name: className, config: factors } });
    await expect(
      tfl.models.modelFromJSON({ modelTopology: modelTopology as tf.io.ModelJSON['modelTopology'] }),
    ).rejects.toThrow(/activity regularizer|Unknown regularizer/);
    const ours = await loadModel(tf.io.fromMemory({ modelTopology }));
    expect((ours.getLayer('penalised') as Dense).args.activityRegularizer).toEqual(penalty);
  });

  test('that a stock layer would lose is refused', async () => {
    const load = (more: object) => loadModel(tf.io.fromMemory({ modelTopology: kerasDense(more) }));
    const constrained = { kernel_constraint: { class_name: 'NonNeg', config: {} } };
    expect((await load(constrained)).getLayer('penalised')).not.toBeInstanceOf(Dense);
    await expect(
      load({ ...constrained, activity_penalty: { l1: 0, l2: 1 } }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: loadModel: "penalised" (Dense) must have options of dense, which alone applies its activityPenalty; Unrecognized key: "kernelConstraint". Correct model.json, or take out activity_penalty there to load it without.]`,
    );
    await expect(load({ activity_penalty: { l1: -1, l2: 1 } })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: loadModel: "penalised" (Dense) must have options of dense, which alone applies its activityPenalty; activityRegularizer: l1: Too small: expected number to be >=0. Correct model.json, or take out activity_penalty there to load it without.]`,
    );
  });

  function penalized(type: string, args: Record<string, unknown>, shape: number[]): tfl.LayersModel {
    const x = tfl.input({ shape });
    return tfl.model({ inputs: x, outputs: createLayer(type, args, 'penalized').apply(x) as tfl.SymbolicTensor });
  }
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

/** As the converter writes a Keras model of one layer. */
function kerasDense(more: object): object {
  const config = { name: 'penalised', units: 3, batch_input_shape: [null, 4], ...more };
  return { class_name: 'Sequential', config: { name: 'keras', layers: [{ class_name: 'Dense', config }] } };
}

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
