import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { expect, test } from 'vitest';
import { isPair, isScalar, parse, parseDocument, visit } from 'yaml';
import { baseJsonSchema, readStudy, studyJsonSchema } from '../src/schema/index.ts';

const root = join(import.meta.dirname, '../../..');
const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
ajv.addSchema(studyJsonSchema(), 'experiment.schema.json');
const study = compiled('experiment.schema.json');
const base = ajv.compile(baseJsonSchema('experiment.schema.json'));

const STUDY = `spec: 1
title: Everything that can be written
backend: $where
seeds: [1, $seed]
dataset: { name: mnist, limit: { train: 6000 }, split: { validation: 0.1 }, normalize: { mean: 0.1, std: [0.3] } }
training: { epochs: $epochs, optimizer: { name: momentum, nesterov: true }, schedule: { name: cosine, warmupSteps: 5 } }
variables: { where: cpu, seed: 2, epochs: 3, k: [3, 5], act: relu, net: [[flatten, { dense: { units: 10 } }]], last: { dense: { units: 10 } } }
variants:
  k\${k}:
    title: "\${k}×\${k}"
    architecture:
      layers:
        - conv2d: { filters: 32, kernelSize: $k, padding: same, activation: $act, name: first }
        - batchNormalization
        - residual: { main: [conv2d: { filters: 32, kernelSize: [3, 1], padding: same }], activation: relu }
        - parallel: { branches: [[dropout: { rate: 0.1 }], [flatten:]], merge: concat }
        - $last
  whole: { architecture: { layers: $net } }
  family: { architecture: { name: mlp, units: [$seed, 8], batchNorm: true } }
  own: { architecture: { units: [3] }, training: { optimizer: { learningRate: 0.1 }, schedule: null } }
  inherits: {}
  varied: { dataset: { augment: [flip, { cutout: { size: $seed } }] } }
unfair: [training.optimizer.learningRate, dataset.augment]
analysis: [parameters, { timing: {} }, { learning-curves: }]
`;

/** What the networks above are too small for, too. */
const WRITTEN = `${STUDY}workers: 2
match: { parameters: $seed, tolerance: 0.1 }
claims: [{ metric: testLoss, better: k3, than: k5, by: 0.01 }, { metric: macs, better: whole, than: $act }]
`;

test('schema/ is current: npm run schema writes it', () => {
  expect(JSON.parse(readFileSync(join(root, 'schema/experiment.schema.json'), 'utf8'))).toEqual(studyJsonSchema());
  expect(JSON.parse(readFileSync(join(root, 'schema/base.schema.json'), 'utf8'))).toEqual(
    baseJsonSchema('experiment.schema.json'),
  );
});

test('every shipped study validates, and names the schema in its first line', () => {
  const files = readdirSync(join(root, 'experiments')).filter((name) => name.endsWith('.yaml'));
  expect(files.length).toBeGreaterThanOrEqual(2);
  for (const name of files) {
    const text = readFileSync(join(root, 'experiments', name), 'utf8');
    const [kind, validate] = name.startsWith('_') ? (['base', base] as const) : (['experiment', study] as const);
    expect([name, errorsOf(validate, text)]).toEqual([name, []]);
    expect(text).toMatch(new RegExp(`^# yaml-language-server: \\$schema=\\.\\./schema/${kind}\\.schema\\.json\n`));
  }
});

test('every key of every shipped study, misspelt one at a time: does not validate', () => {
  const files = readdirSync(join(root, 'experiments')).filter((name) => name.endsWith('.yaml'));
  const missed: string[] = [];
  let tried = 0;
  for (const name of files) {
    const text = readFileSync(join(root, 'experiments', name), 'utf8');
    // Names of variants and of variables are free, and so is a variable in place of a layer's name. Of a long study some sixty keys: the deep tier takes all.
    const all = misspellings(text);
    const stride = import.meta.env.MODE === 'deep' ? 1 : Math.ceil(all.length / 60);
    for (const { key, misspelt } of all.filter((_, index) => index % stride === 0)) {
      tried++;
      if (errorsOf(name.startsWith('_') ? base : study, misspelt).length === 0) missed.push(`${name}: ${key}`);
    }
  }
  expect(missed).toEqual([]);
  expect(tried).toBeGreaterThan(100);
});

test('everything that can be written validates: variables anywhere, names alone, parts', () => {
  expect(errorsOf(study, WRITTEN)).toEqual([]);
});

test('a file with extends, and a base, may leave anything out and take keys away with null', () => {
  const part = 'dataset: { limit: 10 }\ntraining: { optimizer: { learningRate: 0.1 }, schedule: null }\n';
  expect(errorsOf(study, `extends: ./_base.yaml\n${part}`)).toEqual([]);
  expect(errorsOf(study, `extends: [a.yaml, b.yaml]\n${part}variants: { old: null }\n`)).toEqual([]);
  expect(errorsOf(base, part)).toEqual([]);
  expect(errorsOf(ajv.compile(studyJsonSchema('base')), part)).toEqual([]);
  expect(errorsOf(study, part)).not.toEqual([]);
  expect(errorsOf(base, 'datset: { limit: 10 }')).not.toEqual([]);
});

test('with plugins any layer may stand, with any arguments; without them none but ours', () => {
  const strange = STUDY.replace('- batchNormalization', '- scaleBy\n        - scaleBy: { start: 2 }');
  expect(strange).not.toBe(STUDY);
  expect(errorsOf(study, strange)).not.toEqual([]);
  const plugins = `plugins: [./scale-by.mjs]\n${strange}`;
  expect(errorsOf(study, plugins)).toEqual([]);
  expect(errorsOf(study, plugins.replace('filters: 32', 'filter: 32'))).not.toEqual([]);
  expect(errorsOf(study, plugins.replace('titl', 'titel'))).not.toEqual([]);
  const part = 'architecture: { layers: [scaleBy] }\n';
  expect(errorsOf(base, part)).not.toEqual([]);
  expect(errorsOf(base, `plugins: [./scale-by.mjs]\n${part}`)).toEqual([]);
});

test.each<[string, string, string, string]>([
  ['a metric', 'metric: testLoss', 'metric: testLos', 'enum'],
  ['a claim without the other variant', ', than: k5', '', 'required: than'],
  ['workers', 'workers: 2', 'workers: 0', 'minimum'],
  ['two measures to match', 'parameters: $seed', 'parameters: $seed, macs: 5', 'oneOf'],
  ['no measure to match', 'parameters: $seed, ', '', 'oneOf'],
  ['a key', 'title:', 'titel:', 'additionalProperties: titel'],
  ['a layer', '- conv2d:', '- Con2d:', 'additionalProperties: Con2d'],
  ['a layer alone', '- batchNormalization', '- batchNormalisation', 'enum'],
  ['an argument of a layer', 'kernelSize: $k', 'kernelsize: $k', 'additionalProperties: kernelsize'],
  ['a value of an argument', 'padding: same, activation', 'padding: sane, activation', 'enum'],
  [
    'arguments at the wrong indent',
    'layers:\n        - conv2d: {',
    'layers:\n        - conv2d:\n          units: {',
    'maxProperties',
  ],
  ['a number that is text', 'filters: 32, kernelSize: [', 'filters: many, kernelSize: [', 'type'],
  ['a number out of its range', 'rate: 0.1', 'rate: 5', 'exclusiveMaximum'],
  ['a family', 'name: mlp', 'name: mpl', 'enum'],
  ['an option of a family', 'batchNorm: true', 'batchnorm: true', 'additionalProperties: batchnorm'],
  ['a data set', 'name: mnist', 'name: mnits', 'enum'],
  ['an option of the data', 'split:', 'splits:', 'additionalProperties: splits'],
  ['an optimizer', 'name: momentum', 'name: momentun', 'enum'],
  ['an option of another optimizer', 'nesterov: true', 'beta1: 0.9', 'additionalProperties: beta1'],
  ['an analysis', '{ timing: {} }', '{ timming: {} }', 'additionalProperties: timming'],
  ['a version', 'spec: 1', 'spec: 2', 'const'],
  ['no data', /dataset:.*\n/.exec(STUDY)?.[0] ?? '', '', 'required: dataset'],
  ['a variable where none can be', 'spec: 1', 'spec: $one', 'const'],
  ['text that is no variable', 'epochs: $epochs', 'epochs: $e-p', 'pattern'],
  ['a merge of branches', 'merge: concat', 'merge: concatenate', 'enum'],
])('does not validate: %s', (_, from, to, error) => {
  expect(WRITTEN).toContain(from);
  const found = errorsOf(
    study,
    WRITTEN.replace(from, () => to),
  );
  expect(found.map((one) => one.replace(/^\S+ /, ''))).toContain(error);
});

test('the validator says the same of what is right: everything written reads without a problem of its shape', () => {
  const text = STUDY.replace(/ {2}(?:k\$|whole|own|inherits|varied)[^]*?(?=\n {2}\w|\nunfair)/g, '').replace(
    /unfair.*\n/,
    '',
  );
  expect(errorsOf(study, text)).toEqual([]);
  const shape = readStudy({ file: 's.yaml', text }).problems.filter(({ message }) => !message.startsWith('unused'));
  expect(shape).toEqual([]);
});

/** The text with each key in turn one letter longer; not those whose names are the author's. */
function misspellings(text: string): { key: string; misspelt: string }[] {
  const found: { key: string; misspelt: string }[] = [];
  visit(parseDocument(text), {
    Pair(_, pair, path) {
      const parents = path.filter((node) => isPair(node)).map((node) => String(node.key));
      if (!isScalar(pair.key) || !pair.key.range) return;
      const [, end] = pair.key.range;
      const free =
        (parents.length === 1 && parents[0] === 'variants') ||
        parents[0] === 'variables' ||
        String(pair.key).startsWith('${');
      if (!free)
        found.push({ key: [...parents, pair.key].join('.'), misspelt: `${text.slice(0, end)}x${text.slice(end)}` });
    },
  });
  return found;
}

function compiled(key: string): ValidateFunction {
  const validate = ajv.getSchema(key);
  if (validate === undefined) throw new Error(`no schema ${key}`);
  return validate;
}

/** `path keyword: key` of everything that is wrong. */
function errorsOf(validate: ValidateFunction, text: string): string[] {
  void validate(parse(text));
  return (validate.errors ?? []).map(({ instancePath, keyword, params }) => {
    const key = (params['additionalProperty'] ?? params['missingProperty']) as string | undefined;
    return `${instancePath === '' ? '/' : instancePath} ${keyword}${key === undefined ? '' : `: ${key}`}`;
  });
}
