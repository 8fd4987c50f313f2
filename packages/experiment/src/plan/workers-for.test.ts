import { expect, test } from 'vitest';
import { readStudy } from '../spec/read-study.ts';
import { planStudy } from './plan.ts';
import { workersFor } from './workers-for.ts';

// 3.87 million multiplications an image: 16, 48 and 4,000 of them are 62, 186 and 15,488 million.
test.each([
  ['{ name: simple-cnn }', 'batchSize: 16', 8, 1],
  ['{ name: simple-cnn }', 'batchSize: 48', 8, 3],
  ['{ name: simple-cnn }', 'batchSize: 48', 2, 2],
  ['{ name: simple-cnn }', '{ batchSize: 48, accumulate: 3 }', 8, 1],
  ['{ name: simple-cnn }', 'batchSize: 4000', 8, 8],
  ['{ name: mlp, units: [256, 64] }', 'batchSize: 64', 8, 1],
])('%s with %s on %i cores has %i workers', (architecture, training, cores, workers) => {
  const recipe = training.startsWith('{') ? training : `{ ${training} }`;
  const text = `spec: 1
dataset: { name: mnist }
training: ${recipe}
variants: { a: { architecture: ${architecture} } }
`;
  const study = readStudy({ file: 'a.yaml', text });
  expect(study.problems).toEqual([]);
  const [run] = planStudy(study).runs;
  expect(run && workersFor(run.config, cores)).toBe(workers);
});
