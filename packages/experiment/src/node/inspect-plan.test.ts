import { expect, test } from 'vitest';
import { planStudy, readStudy } from '../schema/index.ts';
import { inspectPlan } from './inspect-plan.ts';

// 10 epochs of 640 examples at 64 a second: 100 s, and half as long for evaluation.
test.each([
  ['', 150],
  [', maxSteps: 10', 15],
  [', maxSteps: 1000', 150],
  [', maxTime: 20s', 30],
  [', maxTime: 1h, maxSteps: 50', 75],
])('the time of a run with epochs: 10%s is expected to be %d s', async (budget, seconds) => {
  const text = `spec: 1
dataset: { name: shapes, limit: 640 }
training: { epochs: 10, batchSize: 64${budget} }
variants: { a: { architecture: { name: mlp, units: [4] } } }
`;
  const environment = { versions: { code: 'c', tfjs: '4.22.0' }, auto: 'wasm', workers: 1 } as const;
  const plan = planStudy(readStudy({ file: 'study.yaml', text }), {}, environment);
  const speeds = new Map([['a', { imagesPerSecond: 64, evaluation: 0.5 }]]);
  const [run] = await inspectPlan(plan, '/nowhere', environment, speeds);
  expect(run?.resumesAt).toBeNull();
  expect(run?.seconds).toBeCloseTo(seconds, 9);
});
