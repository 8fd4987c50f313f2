import { readFileSync } from 'node:fs';
import { networkOfModel } from '@ablate/analysis';
import type { Network } from '@ablate/analysis/schema';
import { definePlugin, loadModel } from '@ablate/layers';
import { startBackend } from '@ablate/tensor-backends';
import { io } from '@tensorflow/tfjs-core';
import { readPlugin } from './read-plugin.ts';

/**
 * The network of a `model.json`, whoever saved it. Its weights are not read.
 *
 * @param plugins Files that bring layers which it has.
 * @throws Error if the file is not a layers model, or has a layer whose class is not known here.
 */
export async function inspectModel(path: string, plugins: readonly string[]): Promise<Network> {
  const modelTopology = readTopology(path);
  await startBackend('cpu');
  for (const plugin of plugins) {
    for (const layer of (await readPlugin(plugin)).layers) definePlugin(layer, plugin);
  }
  try {
    const model = await loadModel(io.fromMemory({ modelTopology }));
    try {
      return networkOfModel(model);
    } finally {
      model.dispose();
    }
  } catch (cause) {
    const [why = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new Error(`"${path}": its layers can't be built: ${why}`, { cause });
  }
}

function readTopology(path: string): object {
  let file: unknown;
  try {
    file = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`"${path}" must be the model.json of a layers model; it can't be read: ${why}.`, { cause });
  }
  const { modelTopology, format } = (typeof file === 'object' ? (file ?? {}) : {}) as Record<string, unknown>;
  if (format !== 'graph-model' && typeof modelTopology === 'object' && modelTopology !== null) return modelTopology;
  const is = format === 'graph-model' ? 'a graph model, which has no layers' : 'without a modelTopology';
  throw new Error(`"${path}" must be the model.json of a layers model, as tf.LayersModel.save writes it; it is ${is}.`);
}
