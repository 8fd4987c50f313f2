import { expect, test } from 'vitest';
import { readStudy } from '../spec/read-study.ts';
import type { Overrides } from './overrides.ts';
import { type Plan, planStudy } from './plan.ts';
import { runConfigSchema } from './run-config.ts';

const QUICKSTART = `spec: 1
title: Three networks on MNIST
seeds: [1, 2]
dataset: { name: mnist, limit: { train: 6000 }, split: { validation: 0.1 } }
training: { epochs: 2, batchSize: 64, optimizer: { name: adam, learningRate: 0.001 } }
variants:
  fc: { architecture: { name: mlp, units: [64, 256], batchNorm: true, dropout: 0.25 } }
  cnn: { title: Convolutional, architecture: { name: simple-cnn } }
  residual: { architecture: { name: residual-cnn } }
analysis: [parameters, receptive-field, learning-curves, confusion-matrix, timing]
`;

// Parameters: the reference study's, see DESIGN "The studies it ships". MACs by hand: fc 784·64 + 64·256 + 256·10;
// cnn 28²·9·32 + 14²·9·32·64 + 7²·64·10; residual 28²·(9·64 + 9·64² + 64) + 14²·64·10.
test('the quickstart: the reference networks, to the unit', () => {
  const { variants, runs, ...rest } = plan(QUICKSTART);
  expect(variants.map(({ name, title, summary }) => [name, title, summary])).toEqual([
    ['fc', 'fc', { parameters: { trainable: 70_090, total: 70_730 }, macs: 69_120 }],
    ['cnn', 'Convolutional', { parameters: { trainable: 50_186, total: 50_186 }, macs: 3_869_824 }],
    ['residual', 'residual', { parameters: { trainable: 163_466, total: 163_978 }, macs: 29_528_576 }],
  ]);
  expect(runs.map(({ id, variant, seed }) => [id, variant, seed])).toEqual([
    ['fc/seed-1', 'fc', 1],
    ['fc/seed-2', 'fc', 2],
    ['cnn/seed-1', 'cnn', 1],
    ['cnn/seed-2', 'cnn', 2],
    ['residual/seed-1', 'residual', 1],
    ['residual/seed-2', 'residual', 2],
  ]);
  expect(rest).toEqual({
    title: 'Three networks on MNIST',
    file: 'experiments/quickstart.yaml',
    name: 'quickstart',
    backend: 'auto',
    unfair: [],
    claims: [],
    workers: 'auto',
    dataset: { name: 'mnist', limit: { train: 6000 }, split: { validation: 0.1 }, normalize: 'standard' },
  });
});

test('a plan survives JSON, and a config its own schema: defaults are filled in once', () => {
  const { runs } = plan(QUICKSTART);
  for (const { config } of runs) {
    const copy: unknown = JSON.parse(JSON.stringify(config));
    expect(copy).toEqual(config);
    expect(runConfigSchema.parse(copy)).toEqual(config);
  }
});

test('each run has a fingerprint of its own, which only what changes weights changes', () => {
  const base = fingerprints(QUICKSTART);
  expect(new Set(base).size).toBe(6);
  expect(base[0]).toMatch(/^[0-9a-f]{32}$/);
  const same = [
    QUICKSTART.replace('title: Three', 'title: The three'),
    QUICKSTART.replace('title: Convolutional, ', ''),
    QUICKSTART.replace(/analysis: .*/, ''),
    QUICKSTART.replace('spec: 1', '# moves every line\nspec: 1'),
    QUICKSTART.replace('{ epochs: 2, batchSize: 64,', '{ batchSize: 64, epochs: 2,'),
  ];
  for (const text of same) expect(fingerprints(text)).toEqual(base);
  const different = [
    QUICKSTART.replace('epochs: 2', 'epochs: 3'),
    QUICKSTART.replace('train: 6000', 'train: 6001'),
    QUICKSTART.replace('spec: 1', 'spec: 1\nbackend: cpu'),
    QUICKSTART.replace('seeds: [1, 2]', 'seeds: [3, 4]'),
  ];
  for (const text of different) expect(fingerprints(text).filter((one) => base.includes(one))).toEqual([]);
  const wider = fingerprints(QUICKSTART.replace('[64, 256]', '[64, 255]'));
  expect(wider.map((one, index) => one === base[index])).toEqual([false, false, true, true, true, true]);
});

test('overrides take the place of what the file says, for every variant', () => {
  const { runs, backend, dataset } = plan(QUICKSTART, { seeds: [7], epochs: 1, limit: 256, backend: 'cpu' });
  expect(runs.map(({ id }) => id)).toEqual(['fc/seed-7', 'cnn/seed-7', 'residual/seed-7']);
  expect(backend).toBe('cpu');
  expect(dataset).toMatchObject({ limit: 256, split: { validation: 0.1 } });
  for (const { config } of runs) {
    expect(config).toMatchObject({ seed: 7, backend: 'cpu', dataset: { limit: 256 }, training: { epochs: 1 } });
  }
});

test('overrides that can not be used are refused by the name of their flag', () => {
  expect(() => plan(QUICKSTART, { seeds: [1, -1], epochs: 0, limit: 2.5 })).toThrowErrorMatchingInlineSnapshot(`
    [OverrideError: --seed: must be a whole number ≥ 0 and ≤ 9007199254740991; received -1
    --epochs: must be a whole number ≥ 1 and ≤ 10000; received 0
    --limit: must be a whole number ≥ 1; received 2.5]
  `);
  expect(() => plan(QUICKSTART, { seeds: [3, 3] })).toThrowErrorMatchingInlineSnapshot(
    `[OverrideError: --seed: seed 3 is already in the list; keep one.]`,
  );
  expect(() => plan(QUICKSTART, { seeds: [] })).toThrowErrorMatchingInlineSnapshot(
    `[OverrideError: --seed: must be a list of at least 1; received an empty list]`,
  );
  expect(() => plan(QUICKSTART, { limit: 64 })).toThrowErrorMatchingInlineSnapshot(
    `[OverrideError: --limit 64: batchSize (=64) must be at most the number of training examples (=58). Raise the limit.]`,
  );
  expect(() => plan(QUICKSTART, { limit: 2 })).toThrowErrorMatchingInlineSnapshot(`
    [OverrideError: --limit 2: split: validation 0.1 of 2 training examples must be at least 1; it rounds to 0. Raise it or the limit, or set it to 0.
    --limit 2: batchSize (=64) must be at most the number of training examples (=2). Raise the limit.]
  `);
});

test('a study with problems can not be planned', () => {
  expect(() => plan(QUICKSTART.replace('simple-cnn', 'simple-cn'))).toThrowErrorMatchingInlineSnapshot(`
    [SpecError: experiments/quickstart.yaml:8:54  unknown architecture "simple-cn" — did you mean "simple-cnn"?
        8 |   cnn: { title: Convolutional, architecture: { name: simple-cn } }
          |                                                      ^^^^^^^^^]
  `);
});

test('without a title the study is called after its file', () => {
  const text = QUICKSTART.replace(/title: Three.*\n/, '');
  expect(planStudy(readStudy({ file: 'C:\\studies\\depth.v2.YML', text }))).toMatchObject({
    name: 'depth.v2',
    title: 'depth.v2',
  });
});

function plan(text: string, overrides?: Overrides): Plan {
  return planStudy(readStudy({ file: 'experiments/quickstart.yaml', text }), overrides);
}

function fingerprints(text: string): string[] {
  return plan(text).runs.map(({ fingerprint }) => fingerprint);
}
