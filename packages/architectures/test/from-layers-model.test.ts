import { loadModel } from '@ablate/layers';
import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromLayersModel, toLayersModel } from '../src/index.ts';
import { buildGraph, countParameters, type Graph, graphFromTopology } from '../src/schema/index.ts';

beforeAll(async () => {
  await startBackend('cpu');
});

describe('a graph made a model, and read from it', () => {
  test.each([
    [{ name: 'mlp', norm: 'layer', dropout: 0.5 }],
    [{ name: 'simple-cnn', filters: [2, 2] }],
    [{ name: 'residual-cnn', filters: [2, 4] }],
    [{ name: 'plain-cnn', filters: [2, 2], attention: 'efficientChannelAttention' }],
    [{ name: 'lenet-5', widthMultiplier: 0.2 }],
    [{ name: 'vgg-11', widthMultiplier: 0.02, norm: 'batch' }],
    [{ name: 'resnet-20', widthMultiplier: 0.125, zeroInitLastScale: true }],
    [{ name: 'plain-20', widthMultiplier: 0.125 }],
    [{ name: 'se-resnet-20', widthMultiplier: 0.125, reduction: 2 }],
    [{ name: 'pre-resnet-20', widthMultiplier: 0.125, dropPath: 0.1 }],
    [{ name: 'wide-resnet-16-4', widthMultiplier: 0.0625, dropout: 0.3 }],
    [{ name: 'resnet-18', widthMultiplier: 0.03125, stem: 'imagenet', norm: 'group', groups: 2, attention: 'cbam' }],
    [{ name: 'resnet-50', widthMultiplier: 0.02, strideIn: '1x1' }],
    [{ name: 'mobilenet-v1', widthMultiplier: 0.05, activation: 'hardSigmoid' }],
    [{ name: 'mobilenet-v2', widthMultiplier: 0.1 }],
    [{ name: 'lenet-5', norm: 'group', attention: 'squeezeExcitation', activation: 'prelu', pooling: 'blur' }],
    [{ name: 'vgg-11', widthMultiplier: 0.02, activation: { swish: {} }, globalPooling: 'generalizedMean' }],
    [{ name: 'plain-20', widthMultiplier: 0.125, attention: 'cbam', norm: { batchNormalization: { momentum: 0.9 } } }],
    [
      {
        layers: [
          { conv2d: { filters: 2, kernelSize: 3, activityRegularizer: { l1: 0.1 }, kernelRegularizer: { l2: 0.2 } } },
          { depthwiseConv2d: { kernelSize: 1, activityRegularizer: { l2: 0.2 } } },
          {
            weightStandardizedConv2d: {
              filters: 3,
              kernelSize: 1,
              kernelRegularizer: { l1: 0.3 },
              activityRegularizer: { l1: 0.1 },
            },
          },
          'flatten',
          { dense: { units: 10, activityRegularizer: { l1: 0.1, l2: 0.3 } } },
        ],
      },
    ],
    [
      {
        layers: [
          {
            zeroPadding2d: {
              padding: [
                [0, 1],
                [2, 3],
              ],
            },
          },
          { zeroPadding2d: { padding: [1, 2] } },
          { conv2d: { filters: 2, kernelSize: [3, 1], kernelInitializer: 'leCunNormal', activation: 'hardSigmoid' } },
          { separableConv2d: { filters: 3, kernelSize: 3, strides: 2, depthMultiplier: 2, useBias: false } },
          { averagePooling2d: { poolSize: 3, strides: 2, padding: 'same' } },
          'leakyReLU',
          'prelu',
          { batchNormalization: { momentum: 0.9, scale: false } },
          'globalMaxPooling2d',
          { dense: { units: 10, kernelInitializer: 'pytorchDefault', biasInitializer: 'ones' } },
        ],
      },
    ],
  ])('%j', (architecture) => {
    const graph = graphOf(architecture);
    const model = toLayersModel(graph, { seed: 1 });
    const read = fromLayersModel(model);
    model.dispose();
    expect(byId(read)).toEqual(byId(graph));
    const places = new Map(read.nodes.map(({ id }, index) => [id, index]));
    const early = read.nodes.filter(({ inputs }, index) => inputs.some((id) => (places.get(id) ?? -1) >= index));
    expect(early).toEqual([]);
  });
});

test('a saved model, loaded again, is the same graph', async () => {
  const graph = graphOf({ name: 'residual-cnn', filters: [2] });
  const model = toLayersModel(graph, { seed: 1 });
  let saved: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const loaded = await loadModel(tf.io.fromMemory(saved));
  expect(byId(fromLayersModel(loaded))).toEqual(byId(graph));
  expect(byId(graphFromTopology(saved.modelTopology))).toEqual(byId(graph));
});

test('a Sequential of plain tfjs, with a model inside, has the parameters that tfjs counts', () => {
  const { layers } = tfl;
  const inner = tfl.sequential({
    name: 'features',
    layers: [
      layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, activation: 'relu', name: 'conv' }),
      layers.batchNormalization({ name: 'norm' }),
      layers.reLU({ maxValue: 6, name: 'relu' }),
    ],
  });
  const model = tfl.sequential({
    layers: [
      inner,
      layers.flatten({ name: 'flat' }),
      layers.dense({ units: 2, activation: 'softmax', name: 'logits' }),
    ],
  });
  const graph = fromLayersModel(model);
  expect(graph.nodes.map(({ id, layer, inputs }) => `${inputs.join()} → ${id}: ${layer}`)).toEqual([
    'input → features/conv: conv2d',
    'features/conv → features/norm: batchNormalization',
    'features/norm → features/relu: activation',
    'features/relu → flat: flatten',
    'flat → logits: dense',
  ]);
  const { trainable, nonTrainable } = countParameters(graph);
  expect(trainable + nonTrainable).toBe(model.countParams());
});

test('a topology that the converter made of a Keras model', () => {
  const layer = (className: string, config: object, from: string[]) => ({
    class_name: className,
    name: (config as { name: string }).name,
    config,
    inbound_nodes: from.length === 0 ? [] : [from.map((name) => [name, 0, 0, {}])],
  });
  const glorot = { class_name: 'GlorotUniform', config: { seed: null } };
  const model_config = {
    class_name: 'Functional',
    config: {
      name: 'model',
      layers: [
        layer('InputLayer', { name: 'image', batch_input_shape: [null, 4, 4, 2], dtype: 'float32' }, []),
        layer(
          'Conv2D',
          {
            name: 'c',
            filters: 2,
            kernel_size: [1, 1],
            groups: 1,
            data_format: 'channels_last',
            kernel_initializer: glorot,
            kernel_regularizer: { class_name: 'OrthogonalRegularizer', config: { factor: 0.01, mode: 'rows' } },
            activity_regularizer: { class_name: 'L2', config: { l2: 0.5 } },
          },
          ['image'],
        ),
        layer('BatchNormalization', { name: 'b', axis: [3], momentum: 0.9, epsilon: 1e-5 }, ['c']),
        layer('Add', { name: 'a' }, ['b', 'image']),
        layer('GlobalAveragePooling2D', { name: 'g', data_format: 'channels_last', keepdims: false }, ['a']),
      ],
      input_layers: [['image', 0, 0]],
      output_layers: [['g', 0, 0]],
    },
  };
  const graph = graphFromTopology({ keras_version: '2.15.0', backend: 'tensorflow', model_config });
  expect(graph.inputShape).toEqual([4, 4, 2]);
  expect(graph.nodes.find(({ id }) => id === 'a')?.inputs).toEqual(['b', 'input']);
  expect(graph.nodes[0]?.args).toMatchObject({ activityRegularizer: { l1: 0, l2: 0.5 } });
  expect(graph.nodes[0]?.args).not.toHaveProperty('kernelRegularizer');
  expect(graph.nodes[1]?.args).toMatchObject({ axis: -1, momentum: 0.9, epsilon: 1e-5 });
  expect(countParameters(graph)).toEqual({ trainable: 6 + 4, nonTrainable: 4 });
});

test('what has no graph says why', () => {
  const { layers } = tfl;
  const image = (more = {}) => ({ inputShape: [4, 4, 2], name: 'first', ...more });
  const shared = layers.dense({ units: 3, name: 'shared' });
  const start = tfl.input({ shape: [3], name: 'start' });
  const models: tfl.LayersModel[] = [
    tfl.sequential({ layers: [layers.upSampling2d(image()), layers.permute({ dims: [2, 1, 3], name: 'second' })] }),
    tfl.sequential({ layers: [layers.maxPooling2d(image({ dataFormat: 'channelsFirst' }))] }),
    tfl.sequential({
      layers: [layers.conv2d({ inputShape: [null, null, 2], name: 'first', filters: 1, kernelSize: 1 })],
    }),
    tfl.model({ inputs: start, outputs: shared.apply(shared.apply(start)) as tfl.SymbolicTensor }),
  ];
  const said = models.map((model) => {
    try {
      return fromLayersModel(model);
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect(said).toMatchInlineSnapshot(`
    [
      "graphFromTopology: every layer must be one that can be described. "first" (UpSampling2D): no descriptor has the class UpSampling2D; "second" (Permute): no descriptor has the class Permute.",
      "graphFromTopology: every layer must be one that can be described. "first" (MaxPooling2D): "maxPooling2d" has no option dataFormat, which is "channels_first".",
      "graphFromTopology: the input "first_input" must have a fixed shape; received [null,null,null,2]. Build the model with the size of its images.",
      "graphFromTopology: "shared" must be used once; it is used 2 times, with the same weights.",
    ]
  `);
  expect(() => graphFromTopology({ class_name: 'GraphModel' })).toThrowErrorMatchingInlineSnapshot(
    `[Error: graphFromTopology: the topology must be that of a layers model, with the class_name Model, Functional, Sequential; received "GraphModel".]`,
  );
});

function graphOf(architecture: unknown): Graph {
  const { graph, problems } = buildGraph(architecture, { inputShape: [16, 16, 3], classes: 10 });
  expect(problems).toEqual([]);
  if (graph === null) throw new Error('not built');
  // A model does not know where its layers were written.
  return { ...graph, nodes: graph.nodes.map((node) => ({ ...node, origin: [] })) };
}

function byId(graph: Graph): unknown {
  return { ...graph, nodes: Object.fromEntries(graph.nodes.map((node) => [node.id, node])) };
}
