/** The same as with-layers.ts in stock tfjs: nothing of ours is imported. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { io, ready, tensor } from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';

const [folder, shape] = process.argv.slice(2);
const bytes = (name) => new Uint8Array(readFileSync(join(folder, name))).buffer;
const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));

await ready();
const model = await loadLayersModel(
  io.fromMemory({
    modelTopology,
    weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
    weightData: bytes('weights.bin'),
  }),
);
const x = tensor(new Float32Array(bytes('x.f32')), shape.split(',').map(Number));
writeFileSync(join(folder, 'y.f32'), model.predict(x).dataSync());
