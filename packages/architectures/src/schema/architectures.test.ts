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
])('%j has %d trainable parameters', (architecture, trainable, nonTrainable) => {
  expect(countParameters(graphOf(architecture))).toEqual({ trainable, nonTrainable });
});

describe.each(architectureNames)('%s', (name) => {
  test.each([
    [[28, 28, 1], 10],
    [[32, 32, 3], 100],
    [[5, 7, 2], 2],
  ])('takes %j and ends in %d logits', (inputShape, classes) => {
    const { graph, problems } = buildGraph({ name }, { inputShape, classes });
    expect(problems).toEqual([]);
    const facts = inspectGraph(graph as Graph);
    expect(facts.at(-1)?.outputShape).toEqual([classes]);
    expect(facts.every(({ parameters, weights }) => (weights.length === 0) === (parameters.trainable === 0))).toBe(
      true,
    );
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
