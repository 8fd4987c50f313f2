import { join } from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { writeFileWhole, writeJson } from './write-file.ts';

/** Saves a model as `model.json` and `weights.bin`, as tfjs's own tools read it. */
export async function saveModel(model: LayersModel, folder: string): Promise<void> {
  await model.save(
    io.withSaveHandler((artifacts) => {
      const { modelTopology, weightSpecs = [], weightData, format, generatedBy, convertedBy } = artifacts;
      const bytes = io.CompositeArrayBuffer.join(weightData);
      writeFileWhole(join(folder, 'weights.bin'), new Uint8Array(bytes));
      writeJson(join(folder, 'model.json'), {
        modelTopology,
        format,
        generatedBy,
        convertedBy: convertedBy ?? null,
        weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
      });
      const modelArtifactsInfo = { dateSaved: new Date(0), modelTopologyType: 'JSON' as const };
      return Promise.resolve({ modelArtifactsInfo });
    }),
  );
}
