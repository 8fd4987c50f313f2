import { expect, test } from 'vitest';
import {
  architectureNames,
  architectureSchemas,
  buildGraph,
  inspectGraph,
  type NodeFacts,
} from '../src/schema/index.ts';

const cifar = { inputShape: [32, 32, 3], classes: 10 };
/** The least of those that one builder makes. */
const families = [
  'mlp simple-cnn residual-cnn plain-cnn lenet-5 vgg-11 resnet-20 plain-20 se-resnet-20 pre-resnet-20 pre-resnet-164',
  'wide-resnet-16-4 resnet-18 resnet-50 plain-18 se-resnet-50 mobilenet-v1 mobilenet-v2',
].flatMap((names) => names.split(' '));

test('every schema is tried', () => {
  const tried = new Set(families.map((name) => architectureSchemas[name]));
  expect(architectureNames.filter((name) => !tried.has(architectureSchemas[name]))).toEqual([]);
});

test.each(having('norm'))('%s: norm swaps each normalization and no other layer', (name) => {
  const norms = count({ name, norm: 'batch' }, 'batchNormalization');
  expect(norms).toBeGreaterThan(0);
  expect(count({ name, norm: 'layer' }, 'layerNormalization')).toBe(norms);
  const plain = factsOf({ name, norm: 'none' });
  expect(plain.filter(({ layer }) => layer.endsWith('Normalization'))).toEqual([]);
  const convolutions = plain.filter(({ layer }) => /conv2d$/i.test(layer));
  expect(convolutions.every(({ weights }) => weights.some((weight) => weight.name === 'bias'))).toBe(true);
});

test.each(having('groups'))('%s: norm: group stands where batch norms do', (name) => {
  const norms = count({ name, norm: 'batch' }, 'batchNormalization');
  expect(count({ name, norm: 'group', groups: 4 }, 'groupNormalization')).toBe(norms);
});

test.each(having('attention'))('%s: attention adds the layer that it names', (name) => {
  for (const attention of ['squeezeExcitation', 'efficientChannelAttention', 'cbam']) {
    expect(count({ name }, attention)).toBe(0);
    expect(count({ name, attention }, attention)).toBeGreaterThan(0);
  }
});

test.each(families)('%s: half the width leaves between a fifth and seven tenths of the parameters', (name) => {
  const sum = (written: object) => factsOf(written).reduce((total, { parameters }) => total + parameters.trainable, 0);
  const share = sum({ name, widthMultiplier: 0.5 }) / sum({ name });
  expect(share).toBeGreaterThan(0.2);
  expect(share).toBeLessThan(0.7);
});

test.each(having('shortcut'))('%s: shortcut: none leaves every sum out', (name) => {
  expect(count({ name }, 'add')).toBeGreaterThan(0);
  expect(count({ name, shortcut: 'none' }, 'add')).toBe(0);
});

test.each(having('dropPath'))('%s: dropPath rises evenly to its rate', (name) => {
  const { graph } = buildGraph({ name, dropPath: 0.4 }, cifar);
  const nodes = (graph?.nodes ?? []).filter(({ layer }) => layer === 'dropPath');
  const rates = nodes.map(({ args }) => args['rate']);
  expect(rates.at(-1)).toBeCloseTo(0.4);
  expect(rates[0]).toBeCloseTo(0.4 / rates.length);
});

test.each(having('dropout'))('%s: dropout is there where its rate is not 0', (name) => {
  expect(count({ name, dropout: 0 }, 'dropout')).toBe(0);
  expect(count({ name, dropout: 0.3 }, 'dropout')).toBeGreaterThan(0);
});

test('a group count that does not divide the channels is told with the layer', () => {
  const { problems } = buildGraph({ name: 'resnet-20', norm: 'group', groups: 32 }, cifar);
  expect(problems.map(({ message }) => message)).toMatchInlineSnapshot(`
    [
      "stem_norm: channels (=16) must be divisible by groups (=32). Use fewer groups or another number of channels. Its input is [32, 32, 16].",
    ]
  `);
});

/** The families that have an option. */
function having(option: string): string[] {
  return families.filter((name) => Object.hasOwn(architectureSchemas[name]?.shape ?? {}, option));
}

function factsOf(architecture: object): NodeFacts[] {
  const { graph, problems } = buildGraph(architecture, cifar);
  expect(problems).toEqual([]);
  return graph === null ? [] : inspectGraph(graph);
}

function count(architecture: object, layer: string): number {
  return factsOf(architecture).filter((node) => node.layer === layer).length;
}
