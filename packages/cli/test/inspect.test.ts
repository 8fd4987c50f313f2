import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type NetworkSummary,
  type UnproductiveLayer,
  summarize,
  unproductiveLayers,
  networkOfGraph,
} from '@ablate/analysis/schema';
import { buildGraph } from '@ablate/architectures/schema';
import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, expect, test } from 'vitest';
import { createProgram } from '../src/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'ablate-inspect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/* Saved by stock tf.layers, which knows nothing of ours. */
test('a model.json of plain tfjs: what describe says of the same network, and the layers that see nothing new', async () => {
  const deep = (index: number) => layers.conv2d({ name: `conv${index}`, filters: 4, kernelSize: 3, padding: 'same' });
  const path = await save('deep', [
    layers.conv2d({ name: 'conv1', filters: 4, kernelSize: 3, padding: 'same', inputShape: [8, 8, 3] }),
    ...[2, 3, 4, 5, 6].map(deep),
    layers.flatten({ name: 'flat' }),
    layers.dense({ name: 'head', units: 10 }),
  ]);
  const { code, out } = await ablate('inspect', '--json', path);
  expect(code).toBe(0);
  const [described] = JSON.parse(out) as [NetworkSummary & { unproductive: UnproductiveLayer[] }];
  const conv2d = { filters: 4, kernelSize: 3, padding: 'same' };
  const ours = buildGraph(
    { layers: [...Array.from({ length: 6 }, () => ({ conv2d })), 'flatten', { dense: { units: 10 } }] },
    { inputShape: [8, 8, 3], classes: 10 },
  ).graph;
  if (ours === null) throw new Error('not built');
  const withoutIds = (rows: NetworkSummary['rows']) => rows.map((row) => ({ ...row, id: '' }));
  expect(withoutIds(described.rows)).toEqual(withoutIds(summarize(ours).rows));
  expect(described.totals).toEqual(summarize(ours).totals);
  // 1 + 2n pixels after n convolutions: what comes in is 9×9 from the fifth on, of an image of 8×8.
  expect(described.unproductive).toEqual([
    { id: 'conv5', inputSees: [9, 9] },
    { id: 'conv6', inputSees: [11, 11] },
  ]);
  expect(unproductiveLayers(networkOfGraph(ours)).map(({ inputSees }) => inputSees)).toEqual([
    [9, 9],
    [11, 11],
  ]);
  const { out: text } = await ablate('inspect', path);
  // 3·3·3·4 + 4, five times 3·3·4·4 + 4, 256·10 + 10.
  expect(text).toContain('deep.json: 8×8×3 in, 3,422 trainable parameters, ');
  expect(text).toMatch(/conv2\s+│\s+conv2d\s+│\s+8×8×4\s+│\s+148\s+│\s+9,216\s+│\s+5×5\s+│\s+1×1/);
  expect(text).toContain('bring in nothing new: conv5 (9×9), conv6 (11×11)\n');
}, 60_000);

test('a layer that is not known here is partial, and said', async () => {
  const path = await save('up', [
    layers.upSampling2d({ name: 'up', size: [2, 2], inputShape: [4, 4, 1] }),
    layers.conv2d({ name: 'conv', filters: 2, kernelSize: 3 }),
  ]);
  const { code, out } = await ablate('inspect', path);
  expect(code).toBe(0);
  expect(out).toContain('at least 648 MACs');
  expect(out).toMatch(/up\s+│\s+UpSampling2D\s+│\s+8×8×1\s+│\s+0\s+│\s+\?\s+│\s+\? \(1×1\)/);
  expect(out).toContain('Not known here, and not counted in the MACs: up\n');
}, 60_000);

test('a layer of a plugin is known once the plugin is named', async () => {
  const plugin = fileURLToPath(new URL('../../experiment/test/plugins/scale-by.mjs', import.meta.url));
  const path = join(folder, 'scaled.json');
  const config = { name: 'scale', batch_input_shape: [null, 4, 4, 3], start: 2 };
  const layer = { class_name: 'ScaleBy', config };
  writeFileSync(path, JSON.stringify({ modelTopology: { class_name: 'Sequential', config: { layers: [layer] } } }));
  const { code, err } = await ablate('inspect', path);
  expect([code, err]).toEqual([2, expect.stringContaining('Unknown layer: ScaleBy')]);
  const { out } = await ablate('inspect', path, '--plugin', plugin);
  expect(out).toMatch(/scale\s+│\s+scaleBy\s+│\s+4×4×3\s+│\s+1\s+│\s+48\s+│\s+1×1/);
}, 60_000);

test.each([
  ['none.json', null, /none\.json" must be the model.json of a layers model; it can't be read: ENOENT/],
  ['graph.json', '{ "format": "graph-model", "modelTopology": {} }', /it is a graph model, which has no layers\./],
  [
    'stranger.json',
    '{ "modelTopology": { "class_name": "Sequential", "config": [{ "class_name": "Conv5D", "config": {} }] } }',
    /its layers can't be built: Unknown layer: Conv5D/,
  ],
])(
  '%s is refused, with why',
  async (name, text, message) => {
    const path = join(folder, name);
    if (text !== null) writeFileSync(path, text);
    const { code, out, err } = await ablate('inspect', path);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  },
  60_000,
);

async function save(name: string, parts: LayersModel['layers']): Promise<string> {
  await startBackend('cpu');
  const path = join(folder, `${name}.json`);
  const model = sequential({ layers: parts });
  await model.save(
    tf.io.withSaveHandler(({ modelTopology, weightSpecs = [], format }) => {
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      writeFileSync(path, JSON.stringify({ modelTopology, format, weightsManifest }));
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const } });
    }),
  );
  model.dispose();
  return path;
}

async function ablate(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const program = createProgram({
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
  });
  const code = await program.run(args);
  return { code, out, err };
}
