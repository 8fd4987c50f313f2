import { expect, test } from 'vitest';
import { datasetFacts } from '../schema/dataset-facts.ts';
import { type DatasetInput, datasetSchema } from '../schema/dataset-schema.ts';
import { loadDataset } from './load-dataset.ts';

test.each<DatasetInput>([
  { name: 'mnist', limit: 500, split: { validation: 0.1 } },
  { name: 'shapes', size: { train: 60, test: 30 }, imageSize: 20, split: { validation: 0.2 } },
])('$name is what its facts said before a pixel was read', async (input) => {
  const spec = datasetSchema.parse(input);
  const loaded = await loadDataset(spec);
  const facts = datasetFacts(spec);
  expect(loaded).toMatchObject(facts);
  expect([loaded.train.count, loaded.validation?.count, loaded.test.count]).toEqual(Object.values(facts.counts));
  expect(loaded.test.read([0]).x).toHaveLength(facts.inputShape.reduce((product, extent) => product * extent, 1));
});

test('validation and test parts are normalized as the training part is', async () => {
  const spec = datasetSchema.parse({ name: 'mnist', limit: 100, normalize: { mean: 0.1307, std: 0.3081 } });
  const { test: part } = await loadDataset(spec);
  const black = part.images.indexOf(0);
  // PyTorch's transforms.Normalize((0.1307,), (0.3081,)) turns black into this number.
  expect(part.read([0]).x[black]).toBeCloseTo(-0.4242, 4);
});

test('options that leave nothing to train on', async () => {
  const spec = datasetSchema.parse({ name: 'mnist', limit: 1, split: { validation: 0.9 } });
  await expect(loadDataset(spec)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[DatasetError: split: validation 0.9 of 1 training examples must leave at least 1 to train on; it leaves 0. Lower it, or raise the limit.]`,
  );
});
