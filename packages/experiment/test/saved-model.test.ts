import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toLayersModel } from '@ablate/architectures';
import { buildGraph } from '@ablate/architectures/schema';
import { randomStream } from '@ablate/random';
import { startBackend } from '@ablate/tensor-backends';
import { fit } from '@ablate/training';
import { trainingSchema } from '@ablate/training/schema';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { saveModel } from '../src/node/save-model.ts';

test.each([
  ['fc', { name: 'mlp', units: [64, 256], batchNorm: true, dropout: 0.5 }],
  ['cnn', { name: 'simple-cnn', filters: [4, 8], dropout: 0.5 }],
  ['residual', { name: 'residual-cnn', filters: [8], dropout: 0.5 }],
])('a trained %s loads with stock tf.loadLayersModel and predicts the same within 1e-5', async (_, architecture) => {
  await startBackend('wasm');
  const { graph } = buildGraph(architecture, { inputShape: [28, 28, 1], classes: 10 });
  const model = toLayersModel(graph!, { seed: 5 });
  const pixels = randomStream(1, 'pixels').fillNormal(new Float32Array(48 * 784));
  await fit(model, {
    train: {
      count: 48,
      shape: [28, 28, 1],
      classes: 10,
      read: (indices) => ({
        x: Float32Array.from(
          { length: indices.length * 784 },
          (_, i) => pixels[indices[Math.floor(i / 784)]! * 784 + (i % 784)]!,
        ),
        labels: Int32Array.from(indices, (index) => index % 10),
      }),
    },
    recipe: trainingSchema.parse({ epochs: 2, batchSize: 16 }),
    seed: 5,
    onEvent: () => undefined,
  });
  const folder = mkdtempSync(join(tmpdir(), 'ablate-model-'));
  await saveModel(model, folder);
  const artifacts = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as {
    modelTopology: object;
    weightsManifest: [{ weights: tf.io.WeightsManifestEntry[] }];
  };
  const bytes = readFileSync(join(folder, 'weights.bin'));
  rmSync(folder, { recursive: true });
  const stock = await loadLayersModel(
    tf.io.fromMemory({
      modelTopology: artifacts.modelTopology,
      weightSpecs: artifacts.weightsManifest[0].weights,
      weightData: new Uint8Array(bytes).buffer,
    }),
  );
  const x = tf.tensor(pixels.slice(0, 8 * 784), [8, 28, 28, 1]);
  const [ours, theirs] = [model, stock].map((one) => (one.predict(x) as tf.Tensor).dataSync());
  const worst = Math.max(...ours!.map((value, i) => Math.abs(value - theirs![i]!)));
  expect(ours!.some((value) => Math.abs(value) > 0.01)).toBe(true);
  expect(worst).toBeLessThan(1e-5);
  expect(stock.layers.map((layer) => layer.getClassName())).not.toContain('Functional');
});
