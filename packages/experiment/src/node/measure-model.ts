import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureInference } from '@ablate/analysis';
import { loadModel } from '@ablate/layers';
import { startBackend } from '@ablate/tensor-backends';
import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Timings } from '../schema/index.ts';
import { definePlugins } from './define-plugins.ts';
import type { MeasureRequest } from './run-messages.ts';

/** How inference is measured in every run. */
const INFERENCE = { batchSize: 64, warmup: 5, rounds: 30 };

type Inference = NonNullable<Timings['inference']>;

/** Inference times of a model on the backend in use. */
export function measureModel(model: LayersModel, inputShape: readonly number[]): Promise<Inference> {
  return measureInference(model, { ...INFERENCE, inputShape });
}

/** The same for a model that a run has saved. */
export async function measureSavedModel({ folder, graph, backend, plugins }: MeasureRequest): Promise<Inference> {
  await startBackend(backend);
  await definePlugins(plugins);
  const model = await loadSavedModel(join(folder, 'model'));
  try {
    return await measureModel(model, graph.inputShape);
  } finally {
    model.dispose();
  }
}

/** The model that `saveModel` has written to a folder. */
export function loadSavedModel(folder: string): Promise<LayersModel> {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as {
    modelTopology: object;
    weightsManifest: { weights: io.WeightsManifestEntry[] }[];
  };
  const weightData = new Uint8Array(readFileSync(join(folder, 'weights.bin'))).buffer;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  return loadModel(io.fromMemory({ modelTopology, weightSpecs, weightData }));
}
