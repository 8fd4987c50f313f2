// Checks what `ablate run experiments/quickstart.yaml` left in a folder. Usage: node .ci/check-results.mjs FOLDER
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const json = (...path) => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
const parameters = { fc: 70_090, cnn: 50_186, residual: 163_466 };

for (const [variant, trainable] of Object.entries(parameters)) {
  const run = json(variant, 'seed-1', 'run.json');
  assert.equal(run.status, 'done');
  assert.equal(run.parameters.trainable, trainable);
  assert.match(run.weightHash, /^[0-9a-f]{64}$/);
  const events = readFileSync(join(folder, variant, 'seed-1', 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).type);
  assert.equal(events[0], 'start');
  assert.equal(events.at(-1), 'end');
  const model = json(variant, 'seed-1', 'model', 'model.json');
  assert.ok(existsSync(join(folder, variant, 'seed-1', 'model', model.weightsManifest[0].paths[0])));
  assert.ok(json(variant, 'seed-1', 'timings.json').trainSeconds > 0);
}
assert.deepEqual(
  json('comparison.json').variants.map(({ name }) => name),
  Object.keys(parameters),
);
process.stdout.write('result files: complete\n');
