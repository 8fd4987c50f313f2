import { expect, test } from 'vitest';
import { readStudy } from '../spec/read-study.ts';
import { planStudy } from './plan.ts';

const study = readStudy({
  file: 'study.yaml',
  text: `spec: 1
dataset: { name: mnist }
seeds: [1, 2]
variables: { units: [8, 16] }
variants:
  mlp-\${units}: { architecture: { name: mlp, units: [$units] } }
  cnn: { architecture: { name: simple-cnn } }
`,
});

test('variants by name, runs by id, in the order of the plan', () => {
  const select = (variants?: string[], only?: string[]) => planStudy(study, { variants, only });
  expect(select(['cnn', 'mlp-8']).runs.map(({ id }) => id)).toEqual([
    'mlp-8/seed-1',
    'mlp-8/seed-2',
    'cnn/seed-1',
    'cnn/seed-2',
  ]);
  expect(select(['cnn', 'mlp-8']).variants.map(({ name }) => name)).toEqual(['mlp-8', 'cnn']);
  expect(select(undefined, ['cnn', 'mlp-16/seed-2']).runs.map(({ id }) => id)).toEqual([
    'mlp-16/seed-2',
    'cnn/seed-1',
    'cnn/seed-2',
  ]);
  expect(select(['cnn'], ['cnn/seed-2', 'mlp-8']).runs.map(({ id }) => id)).toEqual(['cnn/seed-2']);
});

test('the runs that are left are those of the whole plan', () => {
  const whole = planStudy(study).runs.filter(({ variant }) => variant === 'cnn');
  expect(planStudy(study, { variants: ['cnn'] }).runs).toEqual(whole);
});

test('a seed of the command line is one that --only can name', () => {
  expect(planStudy(study, { seeds: [7], only: ['cnn/seed-7'] }).runs.map(({ id }) => id)).toEqual(['cnn/seed-7']);
});

test('what is not there', () => {
  expect(() =>
    planStudy(study, { variants: ['mlp-9', 'resnet'], only: ['cnn/seed-3', 'cn'] }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [OverrideError: --variant: unknown variant "mlp-9" — did you mean "mlp-8"?
    --variant: unknown variant "resnet". The variants are: mlp-8, mlp-16, cnn.
    --only: unknown run "cnn/seed-3" — did you mean "cnn/seed-1"?
    --only: unknown variant "cn" — did you mean "cnn"?]
  `);
  expect(() => planStudy(study, { variants: ['mlp-8'], only: ['cnn'] })).toThrowErrorMatchingInlineSnapshot(
    `[OverrideError: --variant and --only: together they must leave at least one run; they leave none.]`,
  );
  const base = readStudy({ file: '_base.yaml', text: 'seeds: [1]\n' });
  expect(() => planStudy(base)).toThrowErrorMatchingInlineSnapshot(`
    [SpecError: _base.yaml:1:1  a file named "_…" is a base and has no runs. Name a study that extends it.
        1 | seeds: [1]
          | ^]
  `);
});
