import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runStudy } from '../src/node/index.ts';
import { planStudy, readStudy } from '../src/schema/index.ts';

const out = mkdtempSync(join(tmpdir(), 'ablate-activity-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

test('a penalty of outputs trains the same in one piece, in parts and in two replicas', async () => {
  const penalty = '{ l1: 0.02, l2: 0.05 }';
  const whole = await weightsAfter({ penalty });
  const others = [
    { penalty, workers: 2 },
    { penalty, accumulate: 3 },
    { penalty, workers: 2, accumulate: 3 },
  ];
  for (const other of others) expect(difference(await weightsAfter(other), whole)).toBeLessThan(1e-4);
  expect(difference(await weightsAfter({ penalty: '{ l1: 0 }' }), whole)).toBeGreaterThan(1e-2);
}, 120_000);

async function weightsAfter({
  penalty,
  workers = 1,
  accumulate = 1,
}: {
  penalty: string;
  workers?: number;
  accumulate?: number;
}) {
  const name = `${workers}-${accumulate}-${penalty.length}`;
  const source = `
spec: 1
title: Penalized outputs
dataset: { name: shapes, size: { train: 100, test: 20 } }
training: { epochs: 2, batchSize: 24, accumulate: ${accumulate}, optimizer: { name: sgd, learningRate: 0.05 } }
seeds: [3]
backend: wasm
workers: ${workers}
variants:
  only:
    architecture:
      layers:
        - conv2d: { filters: 4, kernelSize: 3, strides: 2, activation: relu, activityRegularizer: ${penalty} }
        - globalAveragePooling2d
        - dense: { units: $classes, activityRegularizer: ${penalty} }
`;
  const study = readStudy({ file: 'study.yaml', text: source });
  expect(study.problems).toEqual([]);
  const { folder, failed } = await runStudy(planStudy(study, {}), { out: join(out, name) });
  expect(failed).toEqual([]);
  const bytes = readFileSync(join(folder, 'only/seed-3/model/weights.bin'));
  return new Float32Array(new Uint8Array(bytes).buffer);
}

function difference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))));
}
