import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadStudy, readEnvironment, verifyResume } from '../src/node/index.ts';
import { planStudy, readStudy } from '../src/schema/index.ts';

/* Real processes that are really killed. Each start of one costs more than its training. */

const KILLS = import.meta.env.MODE === 'deep' ? 10 : 1;

const STUDY = `
spec: 1
title: Killed
dataset: { name: shapes, size: { train: 128, test: 128 }, split: { validation: 0.25 }, augment: [shift: { pixels: 1 }] }
training:
  epochs: 40
  batchSize: 16
  optimizer: { name: adam, learningRate: 0.002 }
  schedule: { name: cosine, warmupSteps: 5 }
  ema: { decay: 0.9 }
  earlyStopping: { patience: 40 }
workers: 2
variants:
  conv:
    architecture:
      layers:
        - conv2d: { filters: 4, kernelSize: 3, strides: 2, padding: same }
        - batchNormalization
        - globalAveragePooling2d
        - dropout: { rate: 0.1 }
        - dense: { units: $classes }
analysis: [confusion-matrix, gradient-flow: { everySteps: 7 }]
`;

test(
  'a run whose process is killed ends with the bytes of the unbroken one, on two replicas',
  async () => {
    const study = readStudy({ file: 'killed.yaml', text: STUDY });
    expect(study.problems).toEqual([]);
    const environment = await readEnvironment();
    const kills: number[] = [];
    const [verified, ...others] = await verifyResume(planStudy(study), {
      environment,
      kills: KILLS,
      seed: 10,
      onEvent: (event) => void (event.type === 'kill' && kills.push(event.step)),
    });
    expect(others).toEqual([]);
    expect(verified).toMatchObject({ different: [], kills });
    expect(kills).toHaveLength(KILLS);
    expect(verified?.resumedAt).toHaveLength(KILLS);
    expect(Math.max(...(verified?.resumedAt ?? []))).toBeGreaterThan(0);
    expect(verified?.weightHash).toMatch(/^[0-9a-f]{64}$/);
  },
  60_000 * (KILLS + 2),
);

test('a layer that keeps something where no checkpoint finds it is found out', async () => {
  const folder = mkdtempSync(join(import.meta.dirname, 'plugins/tmp-'));
  try {
    copyFileSync(join(import.meta.dirname, 'plugins/forgetful.mjs'), join(folder, 'forgetful.mjs'));
    writeFileSync(
      join(folder, 'study.yaml'),
      `spec: 1
dataset: { name: shapes, size: { train: 128, test: 128 } }
training: { epochs: 200, batchSize: 16 }
plugins: [./forgetful.mjs]
workers: 1
variants:
  odd: { architecture: { layers: [flatten, forgetful, dense: { units: $classes }] } }
`,
    );
    const study = await loadStudy(join(folder, 'study.yaml'));
    expect(study.problems).toEqual([]);
    const [verified] = await verifyResume(planStudy(study), {
      environment: await readEnvironment(),
      kills: 1,
      seed: 5,
    });
    expect(verified?.kills).toHaveLength(1);
    expect(verified?.resumedAt[0]).toBeGreaterThan(0);
    expect(verified?.different).toEqual(expect.arrayContaining(['run.json', 'metrics.jsonl', 'model/weights.bin']));
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 180_000);
