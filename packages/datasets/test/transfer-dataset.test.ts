import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { type Dataset, drawShapes, makeDataset, receiveDataset, transferDataset } from '../src/index.ts';
import { datasetSchema } from '../src/schema/index.ts';

const indices = [3, 0, 3];

test.each<[string, { validation: number }]>([
  ['with a validation part', { validation: 0.25 }],
  ['without one', { validation: 0 }],
])('a worker thread reads the values of the sender, from its memory, %s', async (_, split) => {
  const dataset = shapes(split);
  const { train, validation, test: other, ...facts } = dataset;
  const transfer = transferDataset(dataset);
  const before = transfer.train.images[0] as number;
  const answer = await inWorker({ transfer, indices });
  const parts = [train, validation, other].map((part) => part?.read(indices) ?? null);
  expect(answer).toEqual({ facts, parts });
  // The worker added 1 where the sender can see it: nothing was copied on the way.
  expect(transfer.train.images[0]).toBe((before + 1) % 256);
});

test('what is in shared memory is not copied again', () => {
  const transfer = transferDataset(shapes({ validation: 0.25 }));
  const again = transferDataset(receiveDataset(transfer));
  expect(again).toEqual(transfer);
  for (const part of ['train', 'validation', 'test'] as const) {
    expect(again[part]?.images.buffer).toBe(transfer[part]?.images.buffer);
    expect(again[part]?.labels.buffer).toBe(transfer[part]?.labels.buffer);
  }
});

test('the sender keeps its bytes', () => {
  const dataset = shapes({ validation: 0 });
  const { x } = dataset.train.read(indices);
  transferDataset(dataset).train.images.fill(0);
  expect(dataset.train.read(indices).x).toEqual(x);
});

function shapes(split: { validation: number }): Dataset {
  const size = { train: 40, test: 20 };
  const spec = datasetSchema.parse({ name: 'shapes', size, imageSize: 12, split });
  return makeDataset(drawShapes({ size, imageSize: 12, noise: 0.1 }), spec);
}

async function inWorker(workerData: unknown): Promise<unknown> {
  const worker = new Worker(new URL('./receive-in-worker.mjs', import.meta.url), {
    workerData,
    execArgv: ['--conditions=@ablate/source'],
  });
  const [answer] = await once(worker, 'message');
  await worker.terminate();
  return answer;
}
