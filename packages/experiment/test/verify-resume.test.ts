import { readEnvironment, verifyResume } from '../src/node/index.ts';
import { planStudy, readStudy } from '../src/schema/index.ts';
import { expect, test } from 'vitest';

/* Real processes that are really killed. */

const STUDY = `
spec: 1
title: Killed
dataset: { name: shapes, limit: 128, split: { validation: 0.25 }, augment: [shift: { pixels: 1 }] }
training:
  epochs: 12
  batchSize: 16
  optimizer: { name: adam, learningRate: 0.002 }
  schedule: { name: cosine, warmupSteps: 5 }
  ema: { decay: 0.9 }
  earlyStopping: { patience: 8 }
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

test('a run whose process is killed three times ends with the bytes of the unbroken one, on two replicas', async () => {
  const study = readStudy({ file: 'killed.yaml', text: STUDY });
  expect(study.problems).toEqual([]);
  const environment = await readEnvironment();
  const kills: number[] = [];
  const [verified, ...others] = await verifyResume(planStudy(study), {
    environment,
    kills: 3,
    seed: 2,
    onEvent: (event) => void (event.type === 'kill' && kills.push(event.step)),
  });
  expect(others).toEqual([]);
  expect(verified).toMatchObject({ different: [], kills });
  expect(kills).toHaveLength(3);
  expect(verified?.resumedAt).toHaveLength(3);
  expect(Math.max(...(verified?.resumedAt ?? []))).toBeGreaterThan(0);
  expect(verified?.weightHash).toMatch(/^[0-9a-f]{64}$/);
}, 180_000);
