import { describe, expect, test } from 'vitest';
import { buildGraph } from './build-graph.ts';
import type { Graph } from './graph.ts';
import { countParameters, inspectGraph } from './inspect.ts';
import { matchWidths } from './match-widths.ts';
import { widthGroups } from './width-groups.ts';

const mnist = { inputShape: [28, 28, 1], classes: 10 };
const conv = (filters: number, more: object = {}) => ({
  conv2d: { filters, kernelSize: 3, padding: 'same', ...more },
});

describe('the reference study of kernel sizes at 50,000 parameters', () => {
  // The sum of k²·(1·a + a·b + b·c) of the kernels, a + b + c of the biases and 1960·c + 10 of the logits.
  test.each([
    [[3, 3, 3], [19, 37, 19], 9 * 19 + 9 * 19 * 37 + 9 * 37 * 19 + 75 + 1960 * 19 + 10],
    [[5, 5, 5], [14, 28, 15], 25 * 14 + 25 * 14 * 28 + 25 * 28 * 15 + 57 + 1960 * 15 + 10],
    [[7, 7, 7], [12, 22, 12], 49 * 12 + 49 * 12 * 22 + 49 * 22 * 12 + 46 + 1960 * 12 + 10],
    [[1, 3, 5], [16, 34, 16], 1 * 16 + 9 * 16 * 34 + 25 * 34 * 16 + 66 + 1960 * 16 + 10],
  ])('kernels %j come to filters %j', (kernelSizes, filters, parameters) => {
    const matched = matchWidths(graphOf({ name: 'plain-cnn', kernelSizes }), { parameters: 50_000 });
    expect(matched).toMatchObject({ reached: parameters, target: 50_000 });
    expect(matched.graph).toEqual(graphOf({ name: 'plain-cnn', kernelSizes, filters }));
    expect(countParameters(matched.graph as Graph).trainable).toBe(parameters);
    expect(Math.abs(parameters - 50_000)).toBeLessThanOrEqual(500);
  });

  test('what changed is told with the multiplier; the residue went to the deepest width', () => {
    const { graph: _, ...matched } = matchWidths(graphOf({ name: 'plain-cnn', kernelSizes: [5, 5, 5] }), {
      parameters: 50_000,
    });
    expect(matched).toEqual({
      reached: 50_117,
      target: 50_000,
      multiplier: expect.closeTo(0.453, 3),
      changed: [
        { id: 'conv2d_1', from: 32, to: 14 },
        { id: 'conv2d_2', from: 64, to: 28 },
        { id: 'conv2d_3', from: 32, to: 15 },
      ],
    });
  });
});

test('a network within the tolerance stays the object it is', () => {
  const graph = graphOf({ name: 'simple-cnn' });
  expect(matchWidths(graph, { parameters: 50_000 })).toEqual({
    graph,
    reached: 50_186,
    target: 50_000,
    multiplier: 1,
    changed: [],
  });
});

test('multiply-accumulates are matched by their own count', () => {
  const matched = matchWidths(graphOf({ name: 'plain-cnn' }), { macs: 1_000_000, tolerance: 0.05 });
  const macs = inspectGraph(matched.graph as Graph).reduce((sum, node) => sum + node.macs, 0);
  expect(matched).toMatchObject({ reached: macs, target: 1_000_000 });
  expect(Math.abs(macs - 1_000_000)).toBeLessThanOrEqual(50_000);
});

test('networks grow too', () => {
  const matched = matchWidths(graphOf({ name: 'mlp', units: [4, 4] }), { parameters: 100_000 });
  expect(matched).toMatchObject({ reached: expect.toSatisfy((count: number) => Math.abs(count - 100_000) <= 2000) });
  expect(matched).toMatchObject({ multiplier: expect.toSatisfy((multiplier: number) => multiplier > 20) });
});

describe('widths that may change, and those that must move together', () => {
  test.each([
    ['the output keeps its width, also behind pooling', ['flatten', { dense: { units: 10 } }], []],
    [
      'a convolution that gives the logits is the output',
      [conv(8), conv(10), 'globalAveragePooling2d'],
      [['conv2d_1']],
    ],
    [
      'an identity shortcut ties what it adds, through batch norm, pooling and depthwise convolutions',
      [
        conv(8),
        'batchNormalization',
        { residual: { main: [conv(16), { depthwiseConv2d: { kernelSize: 3, padding: 'same' } }, conv(8)] } },
        { maxPooling2d: { poolSize: 2 } },
        { residual: { main: [conv(8, { activation: 'relu' }), 'batchNormalization'] } },
        'flatten',
        { dense: { units: 10 } },
      ],
      [['residual_1/main/conv2d_1'], ['conv2d_1', 'residual_1/main/conv2d_2', 'residual_2/main/conv2d_1']],
    ],
    [
      'a shortcut from the data pins what it is added to',
      [{ residual: { main: [conv(4), conv(1)] } }, 'flatten', { dense: { units: 10 } }],
      [['residual_1/main/conv2d_1']],
    ],
    [
      'scale: false pins the layer and what is tied to it',
      [conv(8, { scale: false }), { residual: { main: [conv(4), conv(8)] } }, 'flatten', { dense: { units: 10 } }],
      [['residual_1/main/conv2d_1']],
    ],
    [
      'branches side by side are free',
      [{ parallel: { branches: [[conv(8)], [conv(4)]] } }, 'flatten', { dense: { units: 10 } }],
      [['parallel_1/branch1/conv2d_1'], ['parallel_1/branch2/conv2d_1']],
    ],
    [
      'branches that are added are tied',
      [
        { parallel: { branches: [[conv(8)], [conv(8)], [conv(8)]], merge: 'add' } },
        'flatten',
        { dense: { units: 10 } },
      ],
      [['parallel_1/branch1/conv2d_1', 'parallel_1/branch2/conv2d_1', 'parallel_1/branch3/conv2d_1']],
    ],
    [
      'two concatenations of like stretches are tied stretch by stretch',
      [
        { parallel: { branches: [[conv(8)], [conv(4)]] } },
        { residual: { main: [{ parallel: { branches: [[conv(8)], [conv(4)]] } }] } },
        'flatten',
        { dense: { units: 10 } },
      ],
      [
        ['parallel_1/branch1/conv2d_1', 'residual_1/main/parallel_1/branch1/conv2d_1'],
        ['parallel_1/branch2/conv2d_1', 'residual_1/main/parallel_1/branch2/conv2d_1'],
      ],
    ],
    [
      'a concatenation added to one layer pins both',
      [
        { parallel: { branches: [[conv(8)], [conv(4)]] } },
        { residual: { main: [conv(6), conv(12)] } },
        'flatten',
        { dense: { units: 10 } },
      ],
      [['residual_1/main/conv2d_1']],
    ],
    [
      'channels that a depthwise convolution doubled are not tied one to one',
      [
        conv(8),
        { residual: { main: [conv(4), { depthwiseConv2d: { kernelSize: 3, padding: 'same', depthMultiplier: 2 } }] } },
        'flatten',
        { dense: { units: 10 } },
      ],
      [],
    ],
  ])('%s', (_, layers, expected) => {
    expect(widthGroups(graphOf({ layers })).map(({ ids }) => ids)).toEqual(expected);
  });
});

describe('a budget that cannot be met', () => {
  test.each([
    [{ layers: ['flatten', { dense: { units: 10 } }] }, 50_000, 7850, 'it has no width that may change'],
    // Every width at 1: 10 of conv2d_1, 10 of conv2d_2, 500 of the logits.
    [{ name: 'simple-cnn' }, 100, 520, 'every width that may change is 1 there'],
    // One width w: 7850·w + 10, and w is whole.
    [
      { layers: [conv(4), 'flatten', { dense: { units: 10 } }] },
      60_000,
      62_810,
      'widths are whole numbers, and moving single ones by 1 or 2 comes no nearer',
    ],
  ])('%j at %d parameters: nearest %d, %s', (architecture, parameters, nearest, reason) => {
    expect(matchWidths(graphOf(architecture), { parameters })).toEqual({
      graph: null,
      nearest,
      target: parameters,
      reason,
    });
  });
});

test('a budget that is none', () => {
  const graph = graphOf({ name: 'mlp' });
  const said = [{ parameters: 0 }, { parameters: 1, macs: 1 } as never, { macs: 5, tolerance: 1 }].map((budget) => {
    try {
      return matchWidths(graph, budget);
    } catch (error) {
      return String(error);
    }
  });
  expect(said).toMatchInlineSnapshot(`
    [
      "Error: matchWidths: the budget must be one positive number; received {"parameters":0}.",
      "Error: matchWidths: the budget must be one positive number; received {"parameters":1,"macs":1}.",
      "Error: matchWidths: tolerance must be in [0, 1); received 1.",
    ]
  `);
});

function graphOf(architecture: unknown): Graph {
  const { graph, problems } = buildGraph(architecture, mnist);
  expect(problems).toEqual([]);
  return graph as Graph;
}
