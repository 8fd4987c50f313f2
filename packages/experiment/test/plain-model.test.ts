import {
  effectiveReceptiveField,
  featureMaps,
  firstLayerKernels,
  measureLatency,
  networkOfModel,
} from '@ablate/analysis';
import {
  calibration,
  classReport,
  confusionMatrix,
  doctor,
  mostWrong,
  networkReceptiveFields,
  precisionRecallReport,
  rocReport,
  summarizeNetwork,
  unproductiveLayers,
} from '@ablate/analysis/schema';
import { fromLayersModel } from '@ablate/architectures';
import { loadDataset } from '@ablate/datasets/node';
import { datasetSchema } from '@ablate/datasets/schema';
import { startBackend } from '@ablate/tensor-backends';
import { evaluate, fit } from '@ablate/training';
import { type TrainingEvent, trainingSchema } from '@ablate/training/schema';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, loadLayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { probesOf } from '../src/node/index.ts';
import { activationRecords, gradientFlows } from '../src/node/training-probes.ts';

/* Every analysis of a model.json that plain tfjs has saved and plain tfjs has loaded: none of our layers, no spec. */

const RATE = 0.05;
const CLASSES = 6;
let plain: LayersModel;
beforeAll(async () => {
  await startBackend('wasm');
  plain = await loadLayersModel(tf.io.fromMemory(await saved(residualNetwork())));
});

test('of the network: shapes, parameters, MACs, receptive fields, layers that see nothing new', () => {
  const network = networkOfModel(plain);
  const { rows, totals, unknown } = summarizeNetwork(network);
  expect(unknown).toEqual([]);
  expect(rows.map(({ id, macs }) => [id, macs])).toEqual([
    // 28·28·(3·3·1)·4, 28·28·1·4, 14·14·4·classes
    ['main', 28 * 28 * 9 * 4],
    ['shortcut', 28 * 28 * 4],
    ['sum', 0],
    ['pool', 0],
    ['flat', 0],
    ['logits', 14 * 14 * 4 * CLASSES],
  ]);
  expect(totals.parameters).toEqual({ trainable: 40 + 8 + (14 * 14 * 4 + 1) * CLASSES, nonTrainable: 0 });
  expect(networkReceptiveFields(network).get('pool')).toMatchObject({ kind: 'window', size: [4, 4], stride: [2, 2] });
  expect(networkReceptiveFields(network).get('logits')).toMatchObject({ kind: 'global' });
  expect(unproductiveLayers(network)).toEqual([]);
});

test('of its training: gradients, updates and activations at the steps that are looked at; the doctor', async () => {
  const { train } = await shapes();
  const events: TrainingEvent[] = [];
  const recipe = trainingSchema.parse({
    epochs: 2,
    batchSize: 32,
    optimizer: { name: 'sgd', learningRate: RATE },
    evaluation: { trainExamples: 1 },
  });
  const everySteps = 2;
  const analysis = [
    { name: 'gradient-flow' as const, options: { everySteps } },
    { name: 'activations' as const, options: { everySteps } },
  ];
  const kernel = plain.getLayer('main').getWeights()[0] as tf.Tensor;
  const [size = 0] = tf.tidy(() => tf.norm(kernel).dataSync());
  const probes = probesOf({ analysis, graph: fromLayersModel(plain) });
  await fit(plain, { train, recipe, seed: 1, probes, onEvent: (event) => void events.push(event) });
  const [gradients, activations] = [gradientFlows(events) ?? [], activationRecords(events) ?? []];
  expect(gradients.map(({ step }) => step)).toEqual([1, 2, 4, 6]);
  for (const { weights } of gradients) {
    expect(weights.map(({ weight }) => weight).sort()).toEqual(
      ['logits/bias', 'logits/kernel', 'main/bias', 'main/kernel', 'shortcut/bias', 'shortcut/kernel'].sort(),
    );
    expect(weights.filter(({ norm }) => !(norm !== null && norm > 0))).toEqual([]);
  }
  // Without momentum a step is the rate times the gradient.
  const first = gradients[0]?.weights.find(({ weight }) => weight === 'main/kernel');
  expect(first?.updateRatio).toBeCloseTo((RATE * (first?.norm ?? 0)) / size, 6);
  expect(activations.map(({ layers: seen }) => seen.map(({ layer }) => layer))).toEqual(
    gradients.map(() => ['main', 'shortcut', 'logits']),
  );
  const losses = events.flatMap((event) => (event.type === 'step' ? [{ step: event.step, loss: event.loss }] : []));
  const found = doctor({ gradients, activations, losses, epochs: [] });
  expect(found.filter(({ pathology }) => pathology !== 'not-learning')).toEqual([]);
});

test('of what it has learnt: maps, kernels, the effective field, predictions and their scores, latency', async () => {
  const { test: held } = await shapes();
  const images = tf.tensor4d(held.read([0, 1]).x, [2, 28, 28, 1]);
  const before = tf.memory().numTensors;
  const [maps] = await featureMaps(plain, images, { layers: ['main'], channels: 3 });
  expect(maps?.images.map((tiles) => tiles.length)).toEqual([3, 3]);
  expect(await firstLayerKernels(plain)).toMatchObject({ layer: 'main', kernelSize: [3, 3], filters: 4 });
  const field = await effectiveReceptiveField(plain, images);
  expect(field.layer).toBe('pool');
  const touched = field.map.reduce((count, value) => count + (value > 0 ? 1 : 0), 0);
  // No more than the 4×4 of the theoretical one; maxima leave some out.
  expect(touched).toBeGreaterThan(0);
  expect(touched).toBeLessThanOrEqual(16);
  expect(tf.memory().numTensors).toBe(before);
  images.dispose();

  const {
    predictions,
    probabilities = new Float32Array(),
    accuracy,
  } = await evaluate(plain, held, { probabilities: true });
  const labels = [...held.labels];
  const scores = { labels, probabilities, classes: CLASSES };
  expect(classReport(confusionMatrix(labels, [...predictions], CLASSES)).accuracy).toBeCloseTo(accuracy, 12);
  expect(rocReport(scores).macroAuc).toBeGreaterThan(0);
  expect(precisionRecallReport(scores).absent).toEqual([]);
  expect(calibration(scores).bins.reduce((count, bin) => count + bin.count, 0)).toBe(labels.length);
  expect(mostWrong(scores, 100)).toHaveLength(Math.round(labels.length * (1 - accuracy)));
  const { batch, image } = await measureLatency(plain, { inputShape: [28, 28, 1], batchSize: 2, rounds: 10 });
  expect(Math.min(batch.median, image.median)).toBeGreaterThan(0);
}, 60_000);

function residualNetwork(): LayersModel {
  const images = input({ shape: [28, 28, 1] });
  const conv = (name: string, kernelSize: number) =>
    layers.conv2d({ name, kernelSize, filters: 4, padding: 'same' }).apply(images) as SymbolicTensor;
  const sum = layers.add({ name: 'sum' }).apply([conv('main', 3), conv('shortcut', 1)]) as SymbolicTensor;
  const pooled = layers.maxPooling2d({ name: 'pool', poolSize: 2 }).apply(sum) as SymbolicTensor;
  const flat = layers.flatten({ name: 'flat' }).apply(pooled) as SymbolicTensor;
  return model({
    inputs: images,
    outputs: layers.dense({ name: 'logits', units: CLASSES }).apply(flat) as SymbolicTensor,
  });
}

async function saved(written: LayersModel): Promise<tf.io.ModelArtifacts> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await written.save(
    tf.io.withSaveHandler(async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  written.dispose();
  const { weightData, ...json } = artifacts ?? {};
  // As through a file.
  return { ...(JSON.parse(JSON.stringify(json)) as tf.io.ModelArtifacts), ...(weightData && { weightData }) };
}

function shapes() {
  return loadDataset(datasetSchema.parse({ name: 'shapes', size: { train: 96, test: 48 } }));
}
