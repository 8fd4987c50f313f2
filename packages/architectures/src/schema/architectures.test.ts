import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { architectureNames, architectureSchemas } from './architectures.ts';
import { buildGraph } from './build-graph.ts';
import type { Graph } from './graph.ts';
import { countParameters, inspectGraph } from './inspect.ts';

const mnist = { inputShape: [28, 28, 1], classes: 10 };

/** The reference study; counted by hand from its layer lists: 69,450 of dense layers and 640 of batch norms, and so on. */
test.each([
  [{ name: 'mlp', batchNorm: true, dropout: 0.5 }, 70_090, 640],
  [{ name: 'simple-cnn' }, 50_186, 0],
  [{ name: 'residual-cnn' }, 163_466, 512],
  // 320 + 18,496 + 18,464 of convolutions, 14·14·32·10 + 10 of the logits.
  [{ name: 'plain-cnn' }, 100_010, 0],
  // 64 + 18,496 + 51,232 + 62,730.
  [{ name: 'plain-cnn', kernelSizes: [1, 3, 5], filters: [32, 64, 32] }, 132_522, 0],
  // The three biases give way to 2·(32 + 64 + 32) of batch norm.
  [{ name: 'plain-cnn', batchNorm: true, dropout: 0.5 }, 100_138, 256],
])('%j has %d trainable parameters', (architecture, trainable, nonTrainable) => {
  expect(countParameters(graphOf(architecture))).toEqual({ trainable, nonTrainable });
});

describe.each(architectureNames)('%s', (name) => {
  // LeNet-5 has no place for its second 5×5 kernel in less.
  const least = name === 'lenet-5' ? [12, 12, 2] : [5, 7, 2];

  test.each([
    [[28, 28, 1], 10],
    [[32, 32, 3], 100],
    [[96, 64, 3], 7],
    [least, 2],
  ])('takes %j and ends in %d logits', (inputShape, classes) => {
    const { graph, problems } = buildGraph({ name }, { inputShape, classes });
    expect(problems).toEqual([]);
    const facts = inspectGraph(graph as Graph);
    expect(facts.at(-1)?.outputShape).toEqual([classes]);
    expect(graph?.nodes.every(({ origin }) => origin.length === 0)).toBe(true);
  });

  test('is strict about its options and describes each', () => {
    const options = architectureSchemas[name];
    expect(options?.safeParse({ name, surprise: 1 }).success).toBe(false);
    const { properties } = z.toJSONSchema(options ?? z.never(), { io: 'input' });
    const undescribed = Object.entries(properties ?? {}).filter(
      ([key, schema]) => key !== 'name' && (typeof schema === 'boolean' || !schema.description),
    );
    expect(undescribed).toEqual([]);
  });
});

test('several residual blocks halve height and width from the second on', () => {
  const sums = inspectGraph(graphOf({ name: 'residual-cnn', filters: [8, 16, 32] })).filter(
    ({ layer }) => layer === 'add',
  );
  expect(sums.map(({ outputShape }) => outputShape)).toEqual([
    [28, 28, 8],
    [14, 14, 16],
    [7, 7, 32],
  ]);
});

test('a plain CNN pools after the second convolution, or where it is told to', () => {
  const pools = (options: object) =>
    graphOf({ name: 'plain-cnn', filters: [4, 4, 4], ...options })
      .nodes.map(({ layer }) => layer.slice(0, 4))
      .join(' ');
  expect(pools({})).toBe('conv conv maxP conv flat dens');
  expect(pools({ poolAfter: [1, 3] })).toBe('conv maxP conv conv maxP flat dens');
  expect(pools({ poolAfter: [] })).toBe('conv conv conv flat dens');
  expect(pools({ filters: [4] })).toBe('conv flat dens');
});

test('a plain CNN whose lists do not fit together is refused', () => {
  const { problems } = buildGraph(
    { name: 'plain-cnn', filters: [8, 8], kernelSizes: [3], poolAfter: [2, 2, 3] },
    mnist,
  );
  expect(problems.map(({ message }) => message)).toMatchInlineSnapshot(`
    [
      "kernelSizes: must have one size for each of the 2 filters; received 1; poolAfter: 1: 2 is already in the list; keep one; poolAfter: 2: must be at most 2, the number of convolutions; received 3",
    ]
  `);
});

test('an image too small for the pooling is a problem of the architecture, not a crash', () => {
  const { graph, problems } = buildGraph({ name: 'simple-cnn' }, { inputShape: [3, 3, 1], classes: 2 });
  expect(graph).toBeNull();
  expect(problems.map(({ path, message }) => [path, message])).toMatchInlineSnapshot(`
    [
      [
        [],
        "maxPooling2d_2: poolSize 2×2 with padding "valid" leaves no pixels of a 1×1 input. Use padding "same" or a smaller pool. Its input is [1, 1, 64].",
      ],
    ]
  `);
});

test('the facts of a node: shapes, weights and multiply-accumulates', () => {
  const [convolution] = inspectGraph(graphOf({ name: 'simple-cnn' }));
  expect(convolution).toMatchObject({
    id: 'conv2d_1',
    layer: 'conv2d',
    inputShapes: [[28, 28, 1]],
    outputShape: [28, 28, 32],
    weights: [
      { name: 'kernel', shape: [3, 3, 1, 32] },
      { name: 'bias', shape: [32] },
    ],
    parameters: { trainable: 320, nonTrainable: 0 },
    macs: 28 * 28 * 9 * 32,
  });
});

function graphOf(architecture: unknown): Graph {
  const { graph, problems } = buildGraph(architecture, mnist);
  expect(problems).toEqual([]);
  return graph as Graph;
}
