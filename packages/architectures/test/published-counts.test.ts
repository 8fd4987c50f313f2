import { expect, test } from 'vitest';
import { buildGraph, countParameters, inspectGraph } from '../src/schema/index.ts';
import { type PublishedCount, publishedCounts, publishedMacs } from './published-counts.ts';

const imagenet = { inputShape: [224, 224, 3], classes: 1000 };
const contexts = { cifar: { inputShape: [32, 32, 3], classes: 10 }, imagenet };

test.each(publishedCounts)('$name $options has $trainable parameters: $from', (published) => {
  const { trainable, nonTrainable } = published;
  const counted = countParameters(graphOf(published));
  expect(counted).toEqual({ trainable, nonTrainable: nonTrainable ?? counted.nonTrainable });
});

test.each(publishedMacs)('$name takes $gigaMacs GMAC: $from', ({ name, gigaMacs, digits }) => {
  const macs = inspectGraph(graphOf({ name, data: 'imagenet' })).reduce((sum, node) => sum + node.macs, 0);
  expect(Number((macs / 1e9).toFixed(digits))).toBe(gigaMacs);
});

function graphOf({ name, options, data }: Pick<PublishedCount, 'name' | 'options' | 'data'>) {
  const context = typeof data === 'string' ? contexts[data] : data;
  const { graph, problems } = buildGraph({ name, ...options }, context);
  expect(problems).toEqual([]);
  if (graph === null) throw new Error(`${name} is not built`);
  return graph;
}
