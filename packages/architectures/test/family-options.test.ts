import { expect, test } from 'vitest';
import {
  architectureNames,
  architectureSchemas,
  buildGraph,
  type Graph,
  type GraphNode,
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
  expect(count({ name, norm: 'group', groups: 2 }, 'groupNormalization')).toBe(norms);
});

test.each(having('attention'))('%s: attention adds the layer that it names', (name) => {
  for (const attention of ['squeezeExcitation', 'efficientChannelAttention', 'cbam', 'selfAttention2d']) {
    expect(count({ name }, attention)).toBe(0);
    expect(count({ name, attention }, attention)).toBeGreaterThan(0);
  }
});

test.each(having('activation'))('%s: activation may be a layer, and stands wherever one stood', (name) => {
  const functions = (activation: unknown) =>
    nodesOf({ name, activation }).filter(
      ({ layer, args }) => layer === 'activation' || (args['activation'] ?? 'linear') !== 'linear',
    );
  const own = functions('elu').length;
  expect(own).toBeGreaterThan(0);
  for (const activation of ['leakyReLU', 'prelu', 'squaredRelu']) {
    expect(count({ name, activation }, activation)).toBe(own);
    expect(functions(activation)).toEqual([]);
  }
  expect(argsOf({ name, activation: { leakyReLU: { alpha: 0.25 } } }, 'leakyReLU', 'alpha')).toEqual(times(own, 0.25));
});

test.each(having('norm'))('%s: norm may be a layer with its arguments', (name) => {
  const momentums = argsOf(
    { name, norm: { batchNormalization: { momentum: 0.75 } } },
    'batchNormalization',
    'momentum',
  );
  expect(momentums).toEqual(times(count({ name, norm: 'batch' }, 'batchNormalization'), 0.75));
});

const poolings = {
  max: 'maxPooling2d',
  average: 'averagePooling2d',
  mixed: 'mixedPooling2d',
  lp: 'lpPooling2d',
  blur: 'blurPooling2d',
  stochastic: 'stochasticPooling2d',
};
const globalPoolings = {
  average: 'globalAveragePooling2d',
  max: 'globalMaxPooling2d',
  generalizedMean: 'generalizedMeanPooling2d',
};

const takesGlobal = (name: string) =>
  architectureSchemas[name]?.safeParse({ name, pooling: 'generalizedMean' }).success === true;

test.each(having('pooling').filter((name) => !takesGlobal(name)))('%s: pooling swaps each pooling', (name) => {
  const own = count({ name, pooling: 'max' }, 'maxPooling2d');
  expect(own).toBeGreaterThan(0);
  for (const [pooling, layer] of Object.entries(poolings)) {
    expect([pooling, count({ name, pooling }, layer)]).toEqual([pooling, own]);
  }
  expect(argsOf({ name, pooling: { lpPooling2d: { poolSize: 2, p: 3 } } }, 'lpPooling2d', 'p')).toEqual(times(own, 3));
});

test.each([...having('pooling').filter(takesGlobal), ...having('globalPooling')])('%s: global pooling', (name) => {
  const option = takesGlobal(name) ? 'pooling' : 'globalPooling';
  for (const [pooling, layer] of Object.entries(globalPoolings)) {
    expect([pooling, count({ name, [option]: pooling }, layer)]).toEqual([pooling, 1]);
  }
  const written = { name, [option]: { generalizedMeanPooling2d: { p: 5 } } };
  expect(argsOf(written, 'generalizedMeanPooling2d', 'p')).toEqual([5]);
});

test('what a layer in an option gets wrong is told at its place', () => {
  const written = [
    { name: 'resnet-20', norm: { batchNormalisation: {} } },
    { name: 'resnet-20', norm: { batchNormalization: { momentun: 0.9 } } },
    { name: 'mlp', activation: { leakyReLU: { alpha: 'steep' }, prelu: {} } },
    { name: 'lenet-5', attention: { residual: { filters: 6 } } },
    { name: 'mlp', norm: { groupNormalization: { groups: 2 } } },
    { name: 'resnet-20', norm: 'none', zeroInitLastScale: true },
    { name: 'vgg-11', pooling: { lpPooling2d: { poolSize: 64 } } },
  ];
  const told = written.map((architecture) =>
    buildGraph(architecture, cifar)
      .problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join('\n'),
  );
  expect(told.join('\n')).toMatchInlineSnapshot(`
    "norm.batchNormalisation: unknown layer "batchNormalisation".
    norm.batchNormalization: Unrecognized key: "momentun"
    activation: must be one layer; received "leakyReLU" and "prelu".
    attention: must be a layer; received a block.
    : groupNormalization_1: the input must be an image [height, width, channels]; received [64]. Put it before flatten, dense and global pooling.
    : architecture "resnet-20": zeroInitLastScale: needs a block whose main path ends in a normalization: basic or bottleneck
    : pool1: poolSize 64×64 with padding "valid" leaves no pixels of a 32×32 input. Use padding "same" or a smaller pool. Its input is [32, 32, 64]."
  `);
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

function graphOf(architecture: object): Graph {
  const { graph, problems } = buildGraph(architecture, cifar);
  expect(problems).toEqual([]);
  return graph as Graph;
}

function nodesOf(architecture: object): readonly GraphNode[] {
  return graphOf(architecture).nodes;
}

function factsOf(architecture: object): NodeFacts[] {
  return inspectGraph(graphOf(architecture));
}

/** An argument of each layer of a kind. */
function argsOf(architecture: object, layer: string, arg: string): unknown[] {
  return nodesOf(architecture)
    .filter((node) => node.layer === layer)
    .map(({ args }) => args[arg]);
}

function times<T>(length: number, value: T): T[] {
  return Array.from({ length }, () => value);
}

function count(architecture: object, layer: string): number {
  return factsOf(architecture).filter((node) => node.layer === layer).length;
}
