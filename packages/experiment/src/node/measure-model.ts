import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureLatency } from '@ablate/analysis';
import { loadDataset } from '@ablate/datasets/node';
import { loadModel } from '@ablate/layers';
import { startBackend } from '@ablate/tensor-backends';
import { evaluate } from '@ablate/training';
import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Timings } from '../schema/index.ts';
import { definePlugins } from './define-plugins.ts';
import { type AnalysisSubject, writeModelAnalyses } from './model-analyses.ts';
import { hasProbabilities, writeProbabilities } from './predictions-files.ts';
import type { MeasureRequest } from './run-messages.ts';

type Inference = NonNullable<Timings['inference']>;

/** Inference times of a model on the backend in use. */
export function measureModel(model: LayersModel, inputShape: readonly number[]): Promise<Inference> {
  return measureLatency(model, { inputShape });
}

/**
 * Makes the analyses that read the model which a run has saved, or its data. Also the probabilities of the test set, where
 * the run has not left them and an analysis reads them.
 *
 * @returns Inference times, where they were asked for.
 */
export async function measureSavedModel(request: MeasureRequest): Promise<Inference | null> {
  const { folder, config, backend, analysis, probabilities } = request;
  await startBackend(backend);
  await definePlugins(config.plugins);
  const subject = lazily(folder, config);
  if (probabilities && !hasProbabilities(folder)) {
    const { batchSize } = config.training;
    const test = await evaluate(await subject.model(), await subject.test(), { batchSize, probabilities: true });
    if (test.probabilities === undefined) throw new Error('internal: evaluate gave no probabilities.');
    writeProbabilities(folder, test.probabilities);
  }
  await writeModelAnalyses(folder, analysis, subject);
  if (!analysis.some(({ name }) => name === 'timing')) return null;
  return measureModel(await subject.model(), config.graph.inputShape);
}

/** Each is loaded once it is needed; the process ends with them. */
function lazily(folder: string, { dataset }: MeasureRequest['config']): AnalysisSubject {
  let model: Promise<LayersModel> | undefined;
  let data: ReturnType<typeof loadDataset> | undefined;
  return {
    model: () => (model ??= loadSavedModel(join(folder, 'model'))),
    test: async () => (await (data ??= loadDataset(dataset))).test,
  };
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
