import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toLayersModel } from '@ablate/architectures';
import { buildGraph } from '@ablate/architectures/schema';
import { randomStream } from '@ablate/random';
import { startBackend } from '@ablate/tensor-backends';
import { fit } from '@ablate/training';
import { trainingSchema } from '@ablate/training/schema';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { saveModel } from '../src/node/save-model.ts';

const inputShape = [12, 12, 1];
const classes = 4;
const count = 48;
const size = inputShape.reduce((a, b) => a * b, 1);
const pixels = randomStream(1, 'pixels').fillNormal(new Float32Array(count * size));

const stockLayers = [
  ['fc', { name: 'mlp', units: [64, 256], batchNorm: true, dropout: 0.5 }],
  ['cnn', { name: 'simple-cnn', filters: [4, 8], dropout: 0.5 }],
  ['residual', { name: 'residual-cnn', filters: [8], dropout: 0.5 }],
] as const;

const customLayers = [
  [
    'convolutions and attention',
    [
      { weightStandardizedConv2d: { filters: 8, kernelSize: 3, padding: 'same' } },
      { groupNormalization: { groups: 4 } },
      'mish',
      { coordConv2d: { filters: 8, kernelSize: 3, strides: 2, activation: 'relu' } },
      { squeezeExcitation: { reduction: 2 } },
      { cbam: { reduction: 2 } },
      { gatedConv2d: { filters: 8, kernelSize: 3, padding: 'same' } },
      'efficientChannelAttention',
      'selfAttention2d',
      'batchNormalization',
      'generalizedMeanPooling2d',
      { dense: { units: classes } },
    ],
  ],
  [
    'activations, pooling and regularization',
    [
      { conv2d: { filters: 8, kernelSize: 3, padding: 'same' } },
      'batchNormalization',
      'swish',
      'blurPooling2d',
      {
        residual: {
          main: [{ conv2d: { filters: 8, kernelSize: 3, padding: 'same' } }, 'gelu', { dropPath: { rate: 0.2 } }],
        },
      },
      { spatialDropout2d: { rate: 0.2 } },
      { mixedPooling2d: { poolSize: 2 } },
      { separableConv2d: { filters: 8, kernelSize: 3, padding: 'same' } },
      'layerNormalization',
      'prelu',
      { stochasticPooling2d: { poolSize: 2 } },
      {
        residual: {
          main: [{ conv2d: { filters: 16, kernelSize: 1 } }],
          shortcut: [{ channelPadding: { channels: 16 } }],
        },
      },
      'squaredRelu',
      { lpPooling2d: { poolSize: 1 } },
      { gaussianNoise: { stddev: 0.1 } },
      'flatten',
      { dense: { units: classes } },
    ],
  ],
] as const;

let folder: string;
beforeAll(async () => {
  await startBackend('wasm');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ablate-model-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each(customLayers)('in a new process, loadModel gives a trained model of %s the same bits', async (_, layers) => {
  const model = await trained({ layers });
  await saveModel(model, folder);
  expect(predictedBy('with-layers.ts')).toEqual(predictions(model));
});

test.each(stockLayers)(
  'in a new process without us, a trained %s predicts the same within 1e-5',
  async (_, network) => {
    const model = await trained(network);
    await saveModel(model, folder);
    const expected = predictions(model);
    const worst = Math.max(...predictedBy('with-stock.mjs').map((value, i) => Math.abs(value - expected[i]!)));
    expect(worst).toBeLessThan(1e-5);
  },
);

async function trained(architecture: object): Promise<LayersModel> {
  const { graph, problems } = buildGraph(architecture, { inputShape, classes });
  expect(problems).toEqual([]);
  const model = toLayersModel(graph!, { seed: 5 });
  await fit(model, {
    train: {
      count,
      shape: inputShape,
      classes,
      read: (indices) => ({
        x: Float32Array.from({ length: indices.length * size }, (_, i) =>
          pixel(indices[Math.floor(i / size)]!, i % size),
        ),
        labels: Int32Array.from(indices, (index) => index % classes),
      }),
    },
    recipe: trainingSchema.parse({ epochs: 8, batchSize: 16, optimizer: { name: 'adam', learningRate: 0.01 } }),
    seed: 5,
    onEvent: () => undefined,
  });
  return model;
}

/** Noise, brighter in the quarter of the rows that the class names. */
function pixel(index: number, place: number): number {
  const quarter = Math.floor((place * classes) / size);
  return pixels[index * size + place]! + (quarter === index % classes ? 2 : 0);
}

function images(): Float32Array {
  return Float32Array.from({ length: 8 * size }, (_, i) => pixel(Math.floor(i / size), i % size));
}

/** Logits of eight images, which must tell classes apart: zeros would prove nothing. */
function predictions(model: LayersModel): Float32Array {
  const logits = tf.tidy(() => model.predict(tf.tensor(images(), [8, ...inputShape])) as tf.Tensor).dataSync();
  for (let image = 0; image < 8; image++) {
    const row = logits.subarray(image * classes, (image + 1) * classes);
    expect(Math.max(...row) - Math.min(...row)).toBeGreaterThan(0.1);
  }
  return logits as Float32Array;
}

function predictedBy(program: string): Float32Array {
  writeFileSync(join(folder, 'x.f32'), images());
  const path = fileURLToPath(new URL(`./predict-programs/${program}`, import.meta.url));
  const loader = program.endsWith('.ts') ? ['--conditions=@ablate/source', '--import', 'tsx'] : [];
  execFileSync(process.execPath, [...loader, path, folder, [8, ...inputShape].join()], { stdio: 'pipe' });
  return new Float32Array(new Uint8Array(readFileSync(join(folder, 'y.f32'))).buffer);
}
