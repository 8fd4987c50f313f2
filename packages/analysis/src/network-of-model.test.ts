import { toLayersModel } from '@ablate/architectures';
import { buildGraph } from '@ablate/architectures/schema';
import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  type LayersModel,
  type LayerVariable,
  layers,
  loadLayersModel,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { networkOfModel } from './network-of-model.ts';
import { networkOfGraph } from './schema/network.ts';
import { networkReceptiveFields } from './schema/receptive-field.ts';
import { summarizeNetwork } from './schema/summarize.ts';

beforeAll(async () => {
  await startBackend('cpu');
});

/** A layer that nobody here knows: each channel times a weight. */
class ChannelScale extends layers.Layer {
  static className = 'ChannelScale';

  override build(shape: (number | null)[]): void {
    this.addWeight('scale', [shape.at(-1) ?? 1], 'float32', initializers.ones());
    super.build(shape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [first] = [inputs].flat();
    return tf.mul(first as tf.Tensor, (this.weights[0] as LayerVariable).read());
  }
}

test.each([
  [{ name: 'simple-cnn', filters: [2, 4] }],
  [{ name: 'residual-cnn', filters: [2, 4] }],
  [{ name: 'se-resnet-20', widthMultiplier: 0.125, reduction: 2 }],
  [{ name: 'mobilenet-v2', widthMultiplier: 0.1 }],
])('of our own model %j it says what the graph says', (architecture) => {
  const { graph } = buildGraph(architecture, { inputShape: [16, 16, 3], classes: 10 });
  if (graph === null) throw new Error('not built');
  const built = toLayersModel(graph, { seed: 1 });
  const network = networkOfModel(built);
  built.dispose();
  const byId = (nodes: readonly { id: string }[]) => Object.fromEntries(nodes.map((node) => [node.id, node]));
  expect(byId(network.nodes)).toEqual(byId(networkOfGraph(graph).nodes));
  expect(network.inputShape).toEqual([16, 16, 3]);
});

test('a model.json of plain tfjs with a class that is not known: partial, and what is known is right', async () => {
  tf.serialization.registerClass(ChannelScale);
  const { conv2d, dense, flatten, maxPooling2d, upSampling2d } = layers;
  const written = sequential({
    layers: [
      conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, padding: 'same', name: 'conv1' }),
      maxPooling2d({ poolSize: 2, name: 'pool' }),
      new ChannelScale({ name: 'scale' }),
      conv2d({ filters: 2, kernelSize: 3, padding: 'same', useBias: false, name: 'conv2' }),
      upSampling2d({ size: [2, 2], name: 'up' }),
      flatten({ name: 'flat' }),
      dense({ units: 10, name: 'logits' }),
    ],
  });
  const read = await loadLayersModel(tf.io.fromMemory(await modelJson(written)));
  const network = networkOfModel(read);
  const { rows, totals, unknown } = summarizeNetwork(network);
  expect(rows.map(({ id, layer, outputShape, macs }) => [id, layer, outputShape.join('×'), macs])).toEqual([
    // 8·8·(3·3·3)·4, 4·4·(3·3·4)·2, 128·10
    ['conv1', 'conv2d', '8×8×4', 6912],
    ['pool', 'maxPooling2d', '4×4×4', 0],
    ['scale', 'ChannelScale', '4×4×4', null],
    ['conv2', 'conv2d', '4×4×2', 1152],
    ['up', 'UpSampling2D', '8×8×2', null],
    ['flat', 'flatten', '128', 0],
    ['logits', 'dense', '10', 1280],
  ]);
  expect(unknown).toEqual(['scale', 'up']);
  expect(totals.macs).toBe(6912 + 1152 + 1280);
  expect(totals.parameters.trainable).toBe(read.countParams());
  expect(networkReceptiveFields(network).get('pool')).toMatchObject({ kind: 'window', size: [4, 4] });
  // 4 + (3 − 1)·2, as if the layer that is not known saw its own place alone.
  expect(networkReceptiveFields(network).get('conv2')).toMatchObject({ kind: 'unknown', before: { size: [8, 8] } });
  read.dispose();
  written.dispose();
});

test('models inside, branches of unlike widths, layers used twice and frozen layers', () => {
  const start = input({ shape: [6, 6, 2], name: 'image' });
  const inside = sequential({
    name: 'stem',
    layers: [layers.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 1, name: 'conv', trainable: false })],
  });
  const shared = layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false, name: 'shared' });
  const once = shared.apply(inside.apply(start)) as SymbolicTensor;
  const twice = shared.apply(once) as SymbolicTensor;
  const joined = layers.concatenate({ name: 'join' }).apply([twice, start]) as SymbolicTensor;
  const network = networkOfModel(model({ inputs: start, outputs: joined }));
  expect(network.nodes.map(({ id, inputs, parameters, macs }) => [id, inputs.join(' '), parameters, macs])).toEqual([
    ['stem/conv', 'input', { trainable: 0, nonTrainable: 9 }, 216],
    ['shared', 'stem/conv', { trainable: 27, nonTrainable: 0 }, 972],
    ['shared#2', 'shared', { trainable: 0, nonTrainable: 0 }, 972],
    ['join', 'shared#2 input', { trainable: 0, nonTrainable: 0 }, 0],
  ]);
  expect(network.nodes.at(-1)?.outputShape).toEqual([6, 6, 5]);
  expect(networkReceptiveFields(network).get('join')).toMatchObject({ kind: 'window', size: [5, 5] });
});

test('a known class with options that its descriptor lacks is not known', () => {
  const network = networkOfModel(
    sequential({ layers: [layers.maxPooling2d({ inputShape: [2, 4, 4], poolSize: 2, dataFormat: 'channelsFirst' })] }),
  );
  expect(network.nodes[0]).toMatchObject({ layer: 'MaxPooling2D', outputShape: [2, 2, 2], macs: null, view: null });
});

test('several inputs, or one of any size, are refused', () => {
  const [a, b] = [input({ shape: [2] }), input({ shape: [2] })];
  const two = model({ inputs: [a, b], outputs: layers.add().apply([a, b]) as SymbolicTensor });
  expect(() => networkOfModel(two)).toThrowErrorMatchingInlineSnapshot(
    `[Error: networkOfModel: the model must have one input; it has 2. Take the part behind one of them.]`,
  );
  const any = sequential({
    layers: [layers.conv2d({ inputShape: [null, null, 3], filters: 1, kernelSize: 1, name: 'conv' })],
  });
  expect(() => networkOfModel(any)).toThrowErrorMatchingInlineSnapshot(
    `[Error: networkOfModel: "conv_input_1" must have a fixed shape; received [null,null,3]. Build the model with the size of its images.]`,
  );
});

/** What plain tfjs writes, through the text of its JSON. */
async function modelJson(written: LayersModel): Promise<tf.io.ModelArtifacts> {
  let saved: tf.io.ModelArtifacts = {};
  await written.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = { ...artifacts, ...(JSON.parse(JSON.stringify({ modelTopology: artifacts.modelTopology })) as object) };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return saved;
}
