import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { architectureNames } from './architectures.ts';
import { buildGraph } from './build-graph.ts';

const mnist = { inputShape: [28, 28, 1], classes: 10 };
const head = ['flatten', { dense: { units: 10 } }];
const conv = (filters: number, more = {}) => ({ conv2d: { filters, kernelSize: 3, padding: 'same', ...more } });

test('a list becomes a chain of nodes with numbered ids', () => {
  const { graph, problems } = buildGraph({ layers: [conv(8), conv(8, { name: 'second' }), conv(4), ...head] }, mnist);
  expect(problems).toEqual([]);
  expect(graph?.inputShape).toEqual([28, 28, 1]);
  expect(graph?.output).toBe('dense_1');
  expect(edges(graph?.nodes ?? [])).toEqual([
    'input → conv2d_1',
    'conv2d_1 → second',
    'second → conv2d_3',
    'conv2d_3 → flatten_1',
    'flatten_1 → dense_1',
  ]);
});

test('blocks become paths that part and join', () => {
  const layers = [
    { residual: { main: [conv(1), { parallel: { branches: [['dropout'], []].map(withRate) } }, conv(1)] } },
    { residual: { main: [conv(4)], shortcut: [conv(4)], activation: 'relu', name: 'block' } },
    ...head,
  ];
  const { graph, problems } = buildGraph({ layers }, mnist);
  expect(problems).toEqual([]);
  expect(edges(graph?.nodes ?? [])).toEqual([
    'input → residual_1/main/conv2d_1',
    'residual_1/main/conv2d_1 → residual_1/main/parallel_1/branch1/dropout_1',
    'residual_1/main/parallel_1/branch1/dropout_1 + residual_1/main/conv2d_1 → residual_1/main/parallel_1/concat',
    'residual_1/main/parallel_1/concat → residual_1/main/conv2d_2',
    'residual_1/main/conv2d_2 + input → residual_1/add',
    'residual_1/add → block/main/conv2d_1',
    'residual_1/add → block/shortcut/conv2d_1',
    'block/main/conv2d_1 + block/shortcut/conv2d_1 → block/add',
    'block/add → block/activation',
    'block/activation → flatten_1',
    'flatten_1 → dense_1',
  ]);
  expect(graph?.nodes.find(({ id }) => id === 'block/add')?.origin).toEqual(['layers', 1, 'residual']);
});

test('whatever is written, there is a graph or there are problems, and nothing is thrown', () => {
  const word = fc.constantFrom(
    'conv2d',
    'dense',
    'flatten',
    'residual',
    'parallel',
    'add',
    'constructor',
    '__proto__',
    '',
  );
  const args = fc.constantFrom(
    null,
    {},
    3,
    [],
    { filters: 2, kernelSize: 3 },
    { units: 10 },
    { name: 'input' },
    { name: 'a' },
  );
  const { layer } = fc.letrec<{ layer: unknown; list: unknown[] }>((tie) => ({
    layer: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      word,
      fc.tuple(word, args).map(([key, value]) => ({ [key]: value })),
      fc.dictionary(word, args),
      tie('list').map((main) => ({ residual: { main } })),
      fc.array(tie('list'), { maxLength: 3 }).map((branches) => ({ parallel: { branches, merge: 'add' } })),
      fc.anything(),
    ),
    list: fc.array(tie('layer'), { maxLength: 4 }),
  }));
  const architecture = fc.oneof(
    fc.array(layer).map((list) => ({ layers: [...list, ...head] })),
    fc.anything(),
    fc.anything().map((value) => ({ name: value })),
    fc.anything().map((value) => ({ name: 'mlp', units: value })),
    fc.anything().map((value) => ({ layers: value })),
  );
  fc.assert(
    fc.property(architecture, (written) => {
      const { graph, problems } = buildGraph(written, mnist);
      expect(graph === null).toBe(problems.length > 0);
      expect(problems.every(({ message }) => message.length > 0)).toBe(true);
    }),
    { seed: 11, numRuns: import.meta.env.MODE === 'deep' ? 20_000 : 1000 },
  );
});

describe('what a network gets wrong', () => {
  const mistakes: [string, unknown][] = [
    ['a layer that cannot take its input, once', { layers: [{ dense: { units: 3 } }, conv(3), ...head] }],
    ['a window larger than the image', { layers: [{ conv2d: { filters: 2, kernelSize: 29 } }, ...head] }],
    ['an end of another length', { layers: ['flatten', { dense: { units: 9 } }] }],
    ['an end that is an image', { layers: [conv(10)] }],
    ['a softmax', { layers: ['flatten', { dense: { units: 10, activation: 'softmax' } }] }],
    [
      'a relu before dropout',
      { layers: ['flatten', { dense: { units: 10, activation: 'relu' } }, { dropout: { rate: 0.5 } }] },
    ],
    ['an activation at the end', { layers: [...head, { activation: { activation: 'softmax' } }] }],
    [
      'an identity of other channels',
      { layers: [{ residual: { main: [conv(8, { strides: 2 }), conv(8)] } }, ...head] },
    ],
    ['an identity of another size', { layers: [{ residual: { main: [conv(1, { padding: 'valid' })] } }, ...head] }],
    ['a shortcut of another shape', { layers: [{ residual: { main: [conv(8)], shortcut: [conv(4)] } }, ...head] }],
    [
      'branches that do not join',
      { layers: [{ parallel: { branches: [[conv(8)], [conv(8, { strides: 2 })]] } }, ...head] },
    ],
    ['branches that do not add', { layers: [{ parallel: { branches: [[conv(8)], []], merge: 'add' } }, ...head] }],
    ['one name twice', { layers: [conv(8, { name: 'conv2d_2' }), conv(8), ...head] }],
    ['a merge in a list', { layers: ['add', ...head] }],
    ['neither form', { layer: [] }],
    ['both forms', { name: 'mlp', layers: head }],
    ['no map', 'mlp'],
    ['a name that is none', { name: 3 }],
  ];

  test('each mistake is one sentence at one place', () => {
    const found = mistakes.map(([what, architecture]) => {
      const { graph, problems } = buildGraph(architecture, mnist);
      expect(graph).toBeNull();
      return [what, ...problems.map(({ path, message }) => `[${path.join('.')}] ${message}`)].join('\n  ');
    });
    expect(found.join('\n')).toMatchInlineSnapshot(`
      "a layer that cannot take its input, once
        [layers.0.dense] dense_1: the input must be one row of numbers [n]; received [28, 28, 1]. Put flatten or globalAveragePooling2d before it.
      a window larger than the image
        [layers.0.conv2d] conv2d_1: kernelSize 29×29 with padding "valid" leaves no pixels of a 28×28 input. Use padding "same" or a smaller kernel. Its input is [28, 28, 1].
      an end of another length
        [layers.1.dense] dense_1 gives [9]; the network must give [10], one number for each class. End the list with "dense: { units: $classes }".
      an end that is an image
        [layers.0.conv2d] conv2d_1 gives [28, 28, 10]; the network must give [10], one number for each class. End the list with "flatten" and "dense: { units: $classes }".
      a softmax
        [layers.1.dense] dense_1: the last layer must have a linear activation; received "softmax": the loss takes logits and applies the softmax itself, so it would be applied twice. Leave its activation out.
      a relu before dropout
        [layers.1.dense] dense_1: the last layer must have a linear activation; received "relu": the loss takes logits, which may be any number. Leave its activation out.
      an activation at the end
        [layers.2.activation] activation_1: the last layer must have a linear activation; received "softmax": the loss takes logits and applies the softmax itself, so it would be applied twice. Remove the layer.
      an identity of other channels
        [layers.0.residual] residual_1: main and shortcut must end in the same shape; received [14, 14, 8] from main and [28, 28, 1] from the block's input, which is its shortcut. Give it "shortcut: [{ conv2d: { filters: 8, kernelSize: 1, strides: 2 } }]".
      an identity of another size
        [layers.0.residual] residual_1: main and shortcut must end in the same shape; received [26, 26, 1] from main and [28, 28, 1] from the block's input, which is its shortcut. Pad its convolutions: padding: same.
      a shortcut of another shape
        [layers.0.residual] residual_1: main and shortcut must end in the same shape; received [28, 28, 8] from main and [28, 28, 4] from shortcut.
      branches that do not join
        [layers.0.parallel] parallel_1: the branches must end in the same height and width; received [28, 28, 8], [14, 14, 8].
      branches that do not add
        [layers.0.parallel] parallel_1: the branches must end in the same shape; received [28, 28, 8], [28, 28, 1].
      one name twice
        [layers.1.conv2d] layer "conv2d_2": names must differ in a list of layers; another layer has this one.
      a merge in a list
        [layers.0] add_1: "add" joins several inputs, and a list gives it one. Write "residual" or "parallel" instead.
      neither form
        [] architecture: must have "layers", or the "name" of an architecture; received neither.
      both forms
        [name] architecture: must have "layers" or "name"; received both. Remove one.
      no map
        [] architecture: must be a map with "layers", or with the "name" of an architecture; received "mlp".
      a name that is none
        [name] name: must be the name of an architecture; received 3. List them: ablate list architectures"
    `);
  });

  test('two branches report each their own first problem', () => {
    const wrong = [{ dense: { units: 1 } }, { dense: { units: 1 } }];
    const { problems } = buildGraph({ layers: [{ parallel: { branches: [wrong, wrong] } }, ...head] }, mnist);
    expect(problems.map(({ path }) => path.join('.'))).toEqual([
      'layers.0.parallel.branches.0.0.dense',
      'layers.0.parallel.branches.1.0.dense',
    ]);
  });

  test('a misspelt layer hides neither other mistakes in the list nor invents any', () => {
    const { problems } = buildGraph({ layers: ['Flat', { dense: { unit: 3 } }, conv(3), 'flatten'], extra: 1 }, mnist);
    expect(problems.map(({ path }) => path.join('.'))).toEqual(['', 'layers.0', 'layers.1.dense']);
  });

  test('an unknown architecture carries the names there are', () => {
    const { problems } = buildGraph({ name: 'resnet' }, mnist);
    expect(problems).toMatchObject([{ path: ['name'], unknown: { name: 'resnet', what: 'architecture' } }]);
    expect(problems[0]?.unknown?.known).toEqual(architectureNames);
  });

  test('an unknown option carries the schema of the family', () => {
    const { problems } = buildGraph({ name: 'mlp', unit: [3] }, mnist);
    expect(problems[0]?.zod?.issues).toMatchObject([{ code: 'unrecognized_keys', keys: ['unit'] }]);
  });
});

function withRate(branch: string[]): unknown[] {
  return branch.map((layer) => ({ [layer]: { rate: 0.5 } }));
}

function edges(nodes: readonly { id: string; inputs: string[] }[]): string[] {
  return nodes.map(({ id, inputs }) => `${inputs.join(' + ')} → ${id}`);
}
