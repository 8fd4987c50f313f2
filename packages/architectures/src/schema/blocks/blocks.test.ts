import { describe, expect, test } from 'vitest';
import { buildGraph } from '../build-graph.ts';
import type { Graph } from '../graph.ts';
import { countParameters, inspectGraph } from '../inspect.ts';

const image = { inputShape: [8, 8, 16], classes: 10 };
const head = ['globalAveragePooling2d', { dense: { units: 10 } }];

describe('a residual block by its kind', () => {
  test.each([
    [
      { kind: 'basic', filters: 16 },
      'conv1 norm1 activation1 conv2 norm2 add(norm2, input) activation',
      // Two 3×3 convolutions of 16 channels and their normalizations.
      2 * 9 * 256 + 2 * 32,
    ],
    [
      { filters: 32, strides: 2 },
      'conv1 norm1 activation1 conv2 norm2 shortcut/conv(input) shortcut/norm add(norm2, shortcut/norm) activation',
      9 * 16 * 32 + 9 * 32 * 32 + 16 * 32 + 3 * 64,
    ],
    [
      { filters: 32, strides: 2, shortcut: 'padded' },
      'conv1 norm1 activation1 conv2 norm2 shortcut/subsample(input) shortcut/pad add(norm2, shortcut/pad) activation',
      9 * 16 * 32 + 9 * 32 * 32 + 2 * 64,
    ],
    [
      { filters: 16, shortcut: 'padded', attention: { squeezeExcitation: { reduction: 4 } }, dropPath: 0.1 },
      'conv1 norm1 activation1 conv2 norm2 attention dropPath add(dropPath, input) activation',
      // Squeeze-excitation: 16·4 + 4 and 4·16 + 16.
      2 * 9 * 256 + 2 * 32 + 68 + 80,
    ],
    [
      { kind: 'preActivation', filters: 16, norm: { groupNormalization: { groups: 4 } }, attention: 'cbam' },
      'norm1 activation1 conv1 norm2 activation2 conv2 attention add(attention, input)',
      // CBAM: 16 + 1, 16 + 16 and 7·7·2.
      2 * 9 * 256 + 2 * 32 + 17 + 32 + 98,
    ],
    [
      { kind: 'bottleneck', filters: 64 },
      'conv1 norm1 activation1 conv2 norm2 activation2 conv3 norm3 shortcut/conv(input) shortcut/norm add(norm3, shortcut/norm) activation',
      16 * 16 + 9 * 256 + 16 * 64 + 16 * 64 + 2 * (16 + 16 + 64 + 64),
    ],
    [
      { kind: 'preActivation', filters: 16 },
      'norm1 activation1 conv1 norm2 activation2 conv2 add(conv2, input)',
      2 * 9 * 256 + 2 * 32,
    ],
    [
      { kind: 'preActivation', filters: 32, strides: 2 },
      'norm1 activation1 conv1 norm2 activation2 conv2 shortcut/conv(activation1) add(conv2, shortcut/conv)',
      9 * 16 * 32 + 9 * 32 * 32 + 16 * 32 + 32 + 64,
    ],
    [
      { kind: 'preActivationBottleneck', filters: 16, expansion: 2 },
      'norm1 activation1 conv1 norm2 activation2 conv2 norm3 activation3 conv3 add(conv3, input)',
      16 * 8 + 9 * 64 + 8 * 16 + 32 + 16 + 16,
    ],
    [
      { kind: 'wide', filters: 16, dropout: 0.3 },
      'norm1 activation1 conv1 norm2 activation2 dropout conv2 shortcut/conv(activation1) add(conv2, shortcut/conv)',
      9 * 16 * 32 + 9 * 32 * 32 + 16 * 32 + 32 + 64,
    ],
    [{ filters: 16, norm: 'none' }, 'conv1 activation1 conv2 add(conv2, input) activation', 2 * (9 * 256 + 16)],
    [{ filters: 16, activation: 'linear' }, 'conv1 norm1 conv2 norm2 add(norm2, input)', 2 * 9 * 256 + 2 * 32],
    [
      { filters: 32, strides: 2, shortcut: 'none' },
      'conv1 norm1 activation1 conv2 norm2 activation',
      9 * 16 * 48 + 9216 - 2304 + 128,
    ],
  ])('%j', (residual, layers, parameters) => {
    const { nodes } = graphOf([{ residual: { ...residual, name: 'block' } }]);
    const block = nodes.filter(({ id }) => id.startsWith('block/'));
    expect(layersOf(block)).toBe(layers);
    const graph = { inputShape: image.inputShape, nodes: block, output: block.at(-1)?.id ?? '' };
    expect(countParameters(graph).trainable).toBe(parameters);
  });

  test('the stride of a bottleneck stands in its 3×3 or its first 1×1', () => {
    const stridesOf = (more: object) =>
      graphOf([{ residual: { kind: 'bottleneck', filters: 64, strides: 2, ...more } }])
        .nodes.filter(({ id }) => /conv\d$/.test(id))
        .map(({ args }) => args['strides']);
    expect(stridesOf({})).toEqual([1, 2, 1]);
    expect(stridesOf({ strideIn: '1x1' })).toEqual([2, 1, 1]);
  });

  test('zeroInitLastScale starts only the last normalization of the main path at zero', () => {
    const { nodes } = graphOf([{ residual: { filters: 32, zeroInitLastScale: true } }]);
    const norms = nodes.filter(({ layer }) => layer === 'batchNormalization');
    expect(norms.map(({ id, args }) => [id, args['gammaInitializer']])).toEqual([
      ['residual_1/norm1', 'ones'],
      ['residual_1/norm2', 'zeros'],
      ['residual_1/shortcut/norm', 'ones'],
    ]);
  });

  test.each([
    ['prelu', 'prelu', 2],
    [{ leakyReLU: { alpha: 0.1 } }, 'leakyReLU', 2],
    [{ swish: {} }, 'swish', 2],
    // The name of an activation is no layer of its own.
    ['swish', 'activation', 2],
    ['linear', 'activation', 0],
    [null, 'activation', 0],
  ])('activation %j is the layer %s', (activation, layer, times) => {
    const { nodes } = graphOf([{ residual: { filters: 16, activation } }]);
    expect(nodes.filter((node) => node.layer === layer)).toHaveLength(times);
    const listed = graphOf([{ residual: { main: [conv3(16)], activation } }]).nodes;
    expect(listed.filter((node) => node.layer === layer)).toHaveLength(times / 2);
  });

  test('a normalization may be a layer with its arguments', () => {
    const norm = { batchNormalization: { momentum: 0.9 } };
    const { nodes } = graphOf([{ residual: { filters: 16, norm } }]);
    const momentums = nodes.flatMap(({ args }) => ('momentum' in args ? [args['momentum']] : []));
    expect(momentums).toEqual([0.9, 0.9]);
  });
});

describe('an inverted residual block', () => {
  test('adds its input where the shape stays', () => {
    const { nodes } = graphOf([{ invertedResidual: { filters: 16, name: 'block' } }]);
    expect(layersOf(nodes.filter(({ id }) => id.startsWith('block/')))).toBe(
      'expand expandNorm expandActivation depthwise depthwiseNorm depthwiseActivation project projectNorm add(projectNorm, input)',
    );
    const [expand] = nodes;
    expect(expand?.args['filters']).toBe(96);
  });

  test.each([[{ filters: 16, shortcut: 'none' }], [{ filters: 24 }], [{ filters: 16, strides: 2 }]])(
    '%j has no sum',
    (invertedResidual) => {
      const { nodes } = graphOf([{ invertedResidual }]);
      expect(nodes.map(({ layer }) => layer)).not.toContain('add');
    },
  );

  test('an expansion of 1 leaves the first convolution out', () => {
    const { nodes } = graphOf([{ invertedResidual: { filters: 16, expansion: 1 } }]);
    expect(nodes[0]?.layer).toBe('depthwiseConv2d');
  });
});

describe('the plain twin of a block', () => {
  const conv = { conv2d: { filters: 16, kernelSize: 3, padding: 'same' } };

  test.each([
    ['residual by kind', { residual: { filters: 16 } }, { residual: { filters: 16, shortcut: 'none' } }],
    ['residual', { residual: { main: [conv] } }, { residual: { main: [conv], shortcut: 'none' } }],
    [
      'inverted residual',
      { invertedResidual: { filters: 16 } },
      { invertedResidual: { filters: 16, shortcut: 'none' } },
    ],
    [
      'parallel',
      { parallel: { branches: [[conv], [conv]], merge: 'add' } },
      { parallel: { branches: [[conv], [conv]], merge: 'chain' } },
    ],
  ])('%s: the same layers with the same ids and weights, but for the sum', (_, block, twin) => {
    const facts = (written: object) =>
      inspectGraph(graphOf([written]))
        .filter(({ layer }) => layer !== 'add')
        .map(({ id, weights }) => [id, weights]);
    expect(facts(twin)).toEqual(facts(block));
    expect(graphOf([twin]).nodes.some(({ layer }) => layer === 'add')).toBe(false);
  });
});

test('what a block gets wrong stands at its place', () => {
  const written = [
    {},
    { kind: 'basic' },
    { main: ['flatten'], filters: 3 },
    { main: [conv3(16)], shortcut: 'padded' },
    { filters: 16, shortcut: [conv3(16)] },
    { filters: 16, widen: 2 },
    { filters: 16, expansion: 2 },
    { kind: 'bottleneck', filters: 30 },
    { kind: 'preActivation', filters: 16, zeroInitLastScale: true },
    { filters: 16, shortcut: 'none', dropPath: 0.1 },
    { filters: 16, norm: 'bach' },
    { filters: 16, activation: 'rellu' },
    { main: [conv3(16)], activation: { leakyReLU: { alpha: 'steep' } } },
    { filters: 16, norm: { batchNormalization: { momentum: 2 } } },
    { filters: 16, attention: { parallel: { branches: [[], []] } } },
    { filters: 32, shortcut: 'identity' },
    { kind: 'preActivation', filters: 16, strides: 2, shortcut: 'identity' },
  ];
  const messages = written.map((residual) => {
    const { problems } = buildGraph({ layers: [{ residual }, ...head] }, image);
    return problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n');
  });
  expect(messages.join('\n')).toMatchInlineSnapshot(`
    "layers.0.residual: must have "main", a list of layers, or "filters", for a block by its kind
    layers.0.residual: must have "main", a list of layers, or "filters", for a block by its kind
    layers.0.residual: filters: is for a block by its kind, and this one has "main"; remove one
    layers.0.residual: shortcut: must be a list of layers, identity or none beside "main"
    layers.0.residual: shortcut: must be one of identity, padded, projected, none without "main"
    layers.0.residual: widen: is for wide blocks only
    layers.0.residual: expansion: is for bottlenecks only
    layers.0.residual: filters: must be a multiple of expansion (=4); received 30
    layers.0.residual: zeroInitLastScale: needs a block whose main path ends in a normalization: basic or bottleneck
    layers.0.residual: dropPath: must be 0 without a shortcut: nothing would be left of the example
    layers.0.residual.norm: unknown layer "bach".
    layers.0.residual.activation: unknown layer "rellu".
    layers.0.residual.activation.leakyReLU: alpha: Invalid input: expected number, received string
    layers.0.residual.norm.batchNormalization: momentum: Too big: expected number to be <=1
    layers.0.residual.attention: must be a layer; received a block.
    layers.0.residual: residual_1: main and shortcut must end in the same shape; received [8, 8, 32] from main and [8, 8, 16] from the block's input, which is its shortcut. Use "shortcut: projected" or "shortcut: padded".
    layers.0.residual: residual_1: main and shortcut must end in the same shape; received [4, 4, 16] from main and [8, 8, 16] from the block's input, which is its shortcut. Use "shortcut: projected" or "shortcut: padded"."
  `);
});

function conv3(filters: number): object {
  return { conv2d: { filters, kernelSize: 3, padding: 'same' } };
}

function graphOf(layers: unknown[]): Graph {
  const { graph, problems } = buildGraph({ layers: [...layers, ...head] }, image);
  expect(problems).toEqual([]);
  return graph as Graph;
}

/** Names inside a block, with inputs where they are not the layer before. */
function layersOf(nodes: Graph['nodes']): string {
  const short = (id: string) => id.replace('block/', '');
  return nodes
    .map(({ id, inputs }, index) => {
      const before = nodes[index - 1]?.id ?? 'input';
      const usual = inputs.length === 1 && inputs[0] === before;
      return usual ? short(id) : `${short(id)}(${inputs.map(short).join(', ')})`;
    })
    .join(' ');
}
