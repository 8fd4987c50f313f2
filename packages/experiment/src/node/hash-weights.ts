import { createHash } from 'node:crypto';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** SHA-256 over all weights, trainable or not, in the model's order: equal exactly where every bit is. */
export async function hashWeights(model: LayersModel): Promise<string> {
  const hash = createHash('sha256');
  for (const weight of model.weights) {
    const values = await weight.read().data();
    hash.update(`${weight.originalName} [${weight.shape.join(', ')}]\n`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}
