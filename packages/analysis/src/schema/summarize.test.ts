import { buildGraph, type Graph } from '@ablate/architectures/schema';
import { expect, test } from 'vitest';
import { networkOfGraph } from './network.ts';
import { summarize, summarizeNetwork } from './summarize.ts';

test('the summary of the reference CNN, line by line', () => {
  const { graph } = buildGraph({ name: 'simple-cnn', dropout: 0 }, { inputShape: [28, 28, 1], classes: 10 });
  const { rows, totals } = summarize(graph as Graph);
  const lines = rows.map(({ id, outputShape, parameters, macs, receptiveField: field }) => [
    id,
    outputShape.join('×'),
    parameters.trainable,
    macs,
    field.kind === 'window' ? field.size[0] : `all, before ${field.before.size[0]}`,
  ]);
  // MACs by hand: height · width · kernel area · channels in · channels out.
  expect(lines).toEqual([
    ['conv2d_1', '28×28×32', 320, 28 * 28 * 9 * 32, 3],
    ['maxPooling2d_1', '14×14×32', 0, 0, 4],
    ['conv2d_2', '14×14×64', 18_496, 14 * 14 * 9 * 32 * 64, 8],
    ['maxPooling2d_2', '7×7×64', 0, 0, 10],
    ['flatten_1', '3136', 0, 0, 10],
    ['dense_1', '10', 31_370, 31_360, 'all, before 10'],
  ]);
  const macs = 225_792 + 3_612_672 + 31_360;
  const activations = 28 * 28 * 32 + 14 * 14 * 32 + 14 * 14 * 64 + 2 * 7 * 7 * 64 + 10;
  expect(totals).toEqual({
    parameters: { trainable: 50_186, nonTrainable: 0 },
    macs,
    flops: 2 * macs,
    activationBytes: 4 * activations,
  });
});

test('VGG-16 has 138.36 M parameters and 15.47 GMAC', () => {
  const conv = (filters: number) => ({ conv2d: { filters, kernelSize: 3, padding: 'same', activation: 'relu' } });
  const stage = ([filters, count]: [number, number]) => [
    ...Array.from({ length: count }, () => conv(filters)),
    { maxPooling2d: { poolSize: 2 } },
  ];
  const stages: [number, number][] = [
    [64, 2],
    [128, 2],
    [256, 3],
    [512, 3],
    [512, 3],
  ];
  const layers = [...stages.flatMap(stage), 'flatten', ...[4096, 4096, 1000].map((units) => ({ dense: { units } }))];
  const { graph } = buildGraph({ layers }, { inputShape: [224, 224, 3], classes: 1000 });
  const { totals } = summarize(graph as Graph);
  // Simonyan and Zisserman 2014, configuration D.
  expect(totals.parameters.trainable).toBe(138_357_544);
  expect((totals.macs / 1e9).toFixed(2)).toBe('15.47');
});

test('what a layer does that is not known is null and said, and the totals are those of the rest', () => {
  const { graph } = buildGraph({ name: 'simple-cnn', dropout: 0 }, { inputShape: [28, 28, 1], classes: 10 });
  const { inputShape, nodes } = networkOfGraph(graph as Graph);
  const strange = nodes.map((node) => (node.id === 'conv2d_2' ? { ...node, macs: null, view: null } : node));
  const { rows, totals, unknown } = summarizeNetwork({ inputShape, nodes: strange });
  expect(rows[2]).toMatchObject({ id: 'conv2d_2', macs: null, flops: null, receptiveField: { kind: 'unknown' } });
  expect(totals.macs).toBe(225_792 + 31_360);
  expect(unknown).toEqual(['conv2d_2']);
});
