import { expect, test } from 'vitest';
import { buildGraph } from './build-graph.ts';
import { matchWidths } from './match-widths.ts';

const image = { inputShape: [8, 8, 3], classes: 10 };
const conv = { conv2d: { filters: 4, kernelSize: 3, padding: 'same' } };
const head = ['globalAveragePooling2d', { dense: { units: 10 } }];
const repeat = (times: unknown, ...layers: unknown[]) => ({ repeat: { times, layers } });

test.each([
  ['one layer', [repeat(3, conv)], [conv, conv, conv]],
  [
    'several, in turn',
    [repeat(2, conv, 'batchNormalization')],
    [conv, 'batchNormalization', conv, 'batchNormalization'],
  ],
  ['none', [conv, repeat(0, conv)], [conv]],
  ['among others', [conv, repeat(2, conv), conv], [conv, conv, conv, conv]],
  ['repeats in repeats', [repeat(2, conv, repeat(2, 'gelu'))], [conv, 'gelu', 'gelu', conv, 'gelu', 'gelu']],
  ['blocks', [repeat(2, { residual: { filters: 4 } })], [{ residual: { filters: 4 } }, { residual: { filters: 4 } }]],
  [
    'inside blocks',
    [conv, { residual: { main: [repeat(2, conv)], shortcut: [repeat(1, conv)] } }],
    [conv, { residual: { main: [conv, conv], shortcut: [conv] } }],
  ],
  [
    'branches',
    [{ parallel: { branches: [[repeat(0, conv)], [repeat(2, conv)]] } }],
    [{ parallel: { branches: [[], [conv, conv]] } }],
  ],
])('%s: the graph that writing them out gives', (_, short, long) => {
  expect(withoutOrigins(short)).toEqual(withoutOrigins(long));
});

test('copies are widened one by one', () => {
  const { graph } = buildGraph({ layers: [repeat(3, conv), ...head] }, image);
  if (graph === null) throw new Error('no graph');
  const matched = matchWidths(graph, { parameters: 3000 });
  if (!('changed' in matched)) throw new Error('not matched');
  expect(matched.changed.map(({ id }) => id)).toEqual(['conv2d_1', 'conv2d_2', 'conv2d_3']);
  expect(graph.nodes.map(({ args }) => args['filters'])).toEqual([4, 4, 4, undefined, undefined]);
});

test('what is wrong is said once, at its place', () => {
  const named = { conv2d: { filters: 4, kernelSize: 3, name: 'stem' } };
  const written = [
    ['repeat'],
    [{ repeat: { times: -1, layers: [conv] } }],
    [{ repeat: { times: 1.5, layers: ['conv2'] } }],
    [{ repeat: { times: 2, layers: [], name: 'body' } }],
    [repeat(2, repeat(3, named)), ...head],
    [repeat(1, named), ...head],
    [repeat(3, { conv2d: { filters: 4, kernelSize: 0 } })],
    [repeat(0, conv)],
    [{ residual: { main: [repeat(0, conv)] } }, ...head],
    [{ residual: { filters: 4, attention: repeat(2, 'cbam') } }],
    [{ conv2d: null, repeat: { times: 2, layers: [conv] } }],
  ];
  const messages = written.map((layers) =>
    buildGraph({ layers }, image)
      .problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join('\n'),
  );
  expect(messages.join('\n---\n')).toMatchInlineSnapshot(`
    "layers.0: times: Invalid input: expected number, received undefined; layers: Invalid input: expected array, received undefined
    ---
    layers.0.repeat: times: Too small: expected number to be >=0
    ---
    layers.0.repeat: times: Invalid input: expected int, received number
    layers.0.repeat.layers.0: unknown layer "conv2".
    ---
    layers.0.repeat: layers: Too small: expected array to have >=1 items; Unrecognized key: "name"
    ---
    layers.0.repeat.layers.0.repeat.layers.0.conv2d.name: name: a layer that is repeated can't have the name "stem", for ids must differ. Leave it out: the ids of its copies are counted.
    layers.0.repeat.layers.0.repeat.layers.0.conv2d: conv2d_4: kernelSize 3×3 with padding "valid" leaves no pixels of a 2×2 input. Use padding "same" or a smaller kernel. Its input is [2, 2, 4].
    ---

    ---
    layers.0.repeat.layers.0.conv2d: kernelSize: Too small: expected number to be >=1
    ---
    layers: layers: must have at least one layer; every "repeat" in it is of 0 times, so that none is left.
    ---
    layers.0.residual.main: main: must have at least one layer; every "repeat" in it is of 0 times, so that none is left.
    ---
    layers.0.residual.attention: must be a layer; received a block.
    ---
    layers.0.repeat: each layer must be a list item of its own; "repeat" stands beside "conv2d". Begin it with "- repeat:"."
  `);
});

/** The graph but for where its layers are written. */
function withoutOrigins(layers: unknown[]) {
  const { graph, problems } = buildGraph({ layers: [...layers, ...head] }, image);
  expect(problems).toEqual([]);
  return { output: graph?.output, nodes: graph?.nodes.map((node) => ({ ...node, origin: [] })) };
}
