import { loadModel } from '@ablate/layers';
import { startBackend } from '@ablate/tensor-backends';
import { randomStream } from '@ablate/random';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, loadLayersModel } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { GraphModel } from '../src/graph-model.ts';
import { toLayersModel } from '../src/index.ts';
import { buildGraph, type Graph } from '../src/schema/index.ts';

const stockClasses = new Map<string, unknown>(
  Object.entries({
    Conv2D: layers.conv2d({ filters: 1, kernelSize: 1 }),
    BatchNormalization: layers.batchNormalization(),
    Dense: layers.dense({ units: 1 }),
    Dropout: layers.dropout({ rate: 0.1 }),
  }).map(([name, layer]) => [name, layer.constructor]),
);

test.each(['wasm', 'cpu'] as const)(
  'a saved residual CNN loads with stock tf.layers on %s: the same topology and predictions',
  async (backend) => {
    await startBackend('wasm');
    const { graph } = buildGraph({ name: 'residual-cnn', filters: [12, 16] }, { inputShape: [20, 20, 1], classes: 10 });
    const ours = toLayersModel(graph as Graph, { seed: 3 });
    expect(ours).toBeInstanceOf(GraphModel);
    const x = images();
    // Moves the statistics of batch norm away from what they start at.
    tf.dispose(ours.apply(x, { training: true, random: { seed: 1, step: 0, row: 0 } }) as tf.Tensor);
    const expected = (ours.predict(x) as tf.Tensor).dataSync().slice();

    await startBackend(backend);
    const stock = await loadLayersModel(await savedOf(ours));
    expect(topologyOf(stock)).toEqual(topologyOf(ours));
    const replaced = stock.layers.filter((layer) => stockClasses.has(layer.getClassName()));
    expect(replaced.length).toBeGreaterThan(10);
    expect(replaced.map((layer) => layer.constructor)).toEqual(
      replaced.map((layer) => stockClasses.get(layer.getClassName())),
    );
    const values = (stock.predict(x) as tf.Tensor).dataSync();
    expect(Math.hypot(...expected)).toBeGreaterThan(0.1);
    expect(Math.max(...values.map((value, i) => Math.abs(value - (expected[i] as number))))).toBeLessThan(1e-5);
    x.dispose();
    stock.dispose();
    ours.dispose();
  },
);

test('a saved topology with penalties of outputs loads with stock tf.layers, without them', async () => {
  await startBackend('wasm');
  const activityRegularizer = { l1: 0.1, l2: 0.2 };
  const layers = [
    { conv2d: { filters: 4, kernelSize: 3, activityRegularizer } },
    { depthwiseConv2d: { kernelSize: 3, activityRegularizer } },
    { separableConv2d: { filters: 4, kernelSize: 3, activityRegularizer } },
    'flatten',
    { dense: { units: 10, activityRegularizer } },
  ];
  const { graph } = buildGraph({ layers }, { inputShape: [20, 20, 1], classes: 10 });
  const ours = toLayersModel(graph as Graph, { seed: 3 });
  const x = images();
  const handler = await savedOf(ours);
  const loaded = await loadModel(handler);
  const stock = await loadLayersModel(handler);
  const expected = (ours.predict(x) as tf.Tensor).dataSync();
  const values = (stock.predict(x) as tf.Tensor).dataSync();
  expect(Math.max(...values.map((value, i) => Math.abs(value - (expected[i] as number))))).toBeLessThan(1e-5);
  const [penalties, again, none] = [ours, loaded, stock].map((model) => {
    tf.dispose(model.apply(x, { training: true }) as tf.Tensor);
    return model.calculateLosses().map((loss) => loss.dataSync()[0]);
  });
  expect(penalties).toHaveLength(4);
  expect(again).toEqual(penalties);
  expect(none).toEqual([]);
});

/** Classes, names and what each layer takes; stock layers write more of their arguments. */
function topologyOf(model: LayersModel): unknown[] {
  const { config } = JSON.parse(model.toJSON() as string) as { config: { layers: Record<string, unknown>[] } };
  return config.layers.map((layer) => [layer['class_name'], layer['name'], layer['inbound_nodes']]);
}

function images(): tf.Tensor4D {
  return tf.tensor4d(randomStream(5, 'images').fillUniform(new Float32Array(6 * 400)), [6, 20, 20, 1]);
}

/** Saved as files and read again, without files. */
async function savedOf(model: LayersModel): Promise<tf.io.IOHandler> {
  const artifacts: tf.io.ModelArtifacts[] = [];
  await model.save(
    tf.io.withSaveHandler((given) => {
      artifacts.push(given);
      return Promise.resolve({ modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(given) });
    }),
  );
  const { modelTopology, weightSpecs, weightData } = artifacts[0] as tf.io.ModelArtifacts;
  return tf.io.fromMemory({
    modelTopology: JSON.parse(JSON.stringify(modelTopology)) as object,
    ...(weightSpecs && { weightSpecs }),
    ...(weightData && { weightData }),
  });
}
