/**
 * A program that knows `@ablate/layers` alone: FOLDER/model.json and weights.bin, FOLDER/x.f32 of SHAPE (comma-separated)
 * → FOLDER/y.f32.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModel } from '@ablate/layers';
import { startBackend } from '@ablate/tensor-backends';
import { io, type Tensor, tensor } from '@tensorflow/tfjs-core';

const [folder = '', shape = ''] = process.argv.slice(2);
const bytes = (name: string) => new Uint8Array(readFileSync(join(folder, name))).buffer;
const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as io.ModelJSON;

await startBackend('wasm');
const model = await loadModel(
  io.fromMemory({
    modelTopology,
    weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
    weightData: bytes('weights.bin'),
  }),
);
const x = tensor(new Float32Array(bytes('x.f32')), shape.split(',').map(Number));
writeFileSync(join(folder, 'y.f32'), (model.predict(x) as Tensor).dataSync());
