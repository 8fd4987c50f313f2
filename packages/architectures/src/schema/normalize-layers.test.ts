import { expect, test } from 'vitest';
import { normalizeLayers } from './normalize-layers.ts';

test('bare words, arguments and blocks become entries with complete arguments and their place', () => {
  const { entries, problems } = normalizeLayers(
    [
      { conv2d: { filters: 8, kernelSize: 3, name: 'stem' } },
      { residual: { main: [{ dropout: { rate: 0.5 } }], activation: 'relu' } },
      'flatten',
    ],
    ['layers'],
  );
  expect(problems).toEqual([]);
  expect(entries).toMatchObject([
    {
      kind: 'layer',
      type: 'conv2d',
      name: 'stem',
      args: { filters: 8, strides: 1, padding: 'valid' },
      origin: ['layers', 0, 'conv2d'],
    },
    {
      kind: 'residual',
      main: [{ type: 'dropout', args: { rate: 0.5 }, origin: ['layers', 1, 'residual', 'main', 0, 'dropout'] }],
      activation: { type: 'activation', args: { activation: 'relu' } },
    },
    { kind: 'layer', type: 'flatten', args: {}, origin: ['layers', 2] },
  ]);
});

test('arguments in the column of their layer are told from two layers in one item', () => {
  const written = [
    { conv2d: null, filters: 32 },
    { filters: 32, kernelSize: 3, conv2d: null },
    { conv2d: { filters: 32, kernelSize: 3 }, flatten: null },
    { residual: null, main: ['flatten'] },
    { conv2d: { filters: 32 }, kernelSize: 3 },
  ];
  expect(messages(written)).toMatchInlineSnapshot(`
    "layers.0.filters: the arguments of "conv2d" must be indented below it; "filters" stands beside it.
    layers.1.filters: the arguments of "conv2d" must be indented below it; "filters" and "kernelSize" stand beside it.
    layers.2.flatten: each layer must be a list item of its own; "flatten" stands beside "conv2d". Begin it with "- flatten:".
    layers.3.main: the arguments of "residual" must be indented below it; "main" stands beside it.
    layers.4.kernelSize: each layer must be a list item of its own; "kernelSize" stands beside "conv2d". Indent it below "conv2d" if it is an argument."
  `);
});

test('an unknown layer carries its name and what there is, at its key, also inside blocks', () => {
  const { problems } = normalizeLayers(['Flaten', { residual: { main: [{ Con2d: { filters: 3 } }] } }], ['layers']);
  expect(problems).toMatchObject([
    { path: ['layers', 0], unknown: { what: 'layer', name: 'Flaten' } },
    { path: ['layers', 1, 'residual', 'main', 0, 'Con2d'], at: 'key', unknown: { what: 'layer', name: 'Con2d' } },
  ]);
  const known = problems[0]?.unknown?.known;
  expect(known).toEqual(expect.arrayContaining(['conv2d', 'dense', 'flatten', 'residual', 'parallel']));
  expect(known).not.toContain('add');
});

test('what a schema refuses carries the schema and the place of the arguments, all at once', () => {
  const { problems } = normalizeLayers(
    [
      { conv2d: { filters: 0, kernelSiz: 3 } },
      { parallel: { branches: [['flatten'], [{ dense: { units: 'many' } }]], merge: 'sum' } },
      { dropout: { rate: 0.1, name: 'a/b' } },
      'dense',
      { dense: 10 },
    ],
    ['layers'],
  );
  const found = problems.map(({ path, zod, schema }) => [
    path.join('.'),
    zod?.issues.map(({ code, path: inner }) => [code, ...inner].join(' ')),
    schema === undefined,
  ]);
  expect(found).toEqual([
    ['layers.0.conv2d', ['too_small filters', 'invalid_union kernelSize', 'unrecognized_keys'], false],
    ['layers.1.parallel', ['invalid_value merge'], false],
    ['layers.1.parallel.branches.1.0.dense', ['invalid_type units'], false],
    ['layers.2.dropout.name', ['invalid_format'], false],
    ['layers.3', ['invalid_type units'], false],
    ['layers.4.dense', ['invalid_type'], false],
  ]);
});

test('scale: false is kept beside the arguments of layers with a width; elsewhere it is an argument or a mistake', () => {
  const { entries, problems } = normalizeLayers(
    [
      { conv2d: { filters: 8, kernelSize: 3, scale: false } },
      { dense: { units: 8, scale: true } },
      { batchNormalization: { scale: false } },
      { dense: { units: 8, scale: 'no' } },
      { dropout: { rate: 0.5, scale: false } },
    ],
    ['layers'],
  );
  const [convolution, dense, norm] = entries;
  expect(convolution).toMatchObject({ type: 'conv2d', args: { filters: 8 }, scale: false });
  expect(dense).not.toHaveProperty('scale');
  expect(norm).toMatchObject({ args: { scale: false } });
  expect(norm).not.toHaveProperty('scale');
  expect(problems.map(({ path, message }) => `${path.join('.')}: ${message}`)).toMatchInlineSnapshot(`
    [
      "layers.3.dense.scale: Invalid input: expected boolean, received string",
      "layers.4.dropout: Unrecognized key: "scale"",
    ]
  `);
});

test('what is no layer at all', () => {
  expect(messages([null, 3, {}, ['flatten']])).toMatchInlineSnapshot(`
    "layers.0: a layer must be a name ("flatten") or a name with its arguments ("conv2d: { filters: 32 }"); received nothing.
    layers.1: a layer must be a name ("flatten") or a name with its arguments ("conv2d: { filters: 32 }"); received 3.
    layers.2: a layer must be a name ("flatten") or a name with its arguments ("conv2d: { filters: 32 }"); received an empty map.
    layers.3: a layer must be a name ("flatten") or a name with its arguments ("conv2d: { filters: 32 }"); received a list."
  `);
  expect(normalizeLayers({ conv2d: {} }, ['layers']).problems).toEqual([
    { path: ['layers'], message: 'must be a list of layers; received a map.' },
  ]);
});

function messages(layers: unknown[]): string {
  const { problems } = normalizeLayers(layers, ['layers']);
  return problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n');
}
