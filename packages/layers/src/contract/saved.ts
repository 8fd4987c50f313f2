import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Saves a model in memory, and gives back the handler that loads it: as written to a file and read again. */
export async function saved(built: LayersModel): Promise<tf.io.IOHandler> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await built.save(
    tf.io.withSaveHandler((given) => {
      artifacts = given;
      return Promise.resolve({ modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(given) });
    }),
  );
  const { modelTopology, weightSpecs, weightData } = artifacts as tf.io.ModelArtifacts;
  return tf.io.fromMemory({
    modelTopology: JSON.parse(JSON.stringify(modelTopology)) as object,
    weightSpecs,
    weightData,
  });
}
