import { expect, test } from 'vitest';
import { readStudy } from '../spec/read-study.ts';
import { diffPlans, formatPlanDifferences } from './diff-plans.ts';
import { differences, formatDifference } from './differences.ts';
import { planStudy } from './plan.ts';

const STUDY = `spec: 1
title: Widths
seeds: [1, 2]
dataset: { name: mnist, limit: 600 }
training: { epochs: 2, batchSize: 32 }
variants:
  small: { architecture: { name: mlp, units: [4] } }
  large: { architecture: { name: mlp, units: [8], dropout: 0.25 } }
analysis: [parameters, timing]
`;

test('differences are as deep as can be said; lists of values are one value', () => {
  const before = { a: { b: 1, gone: true }, list: [1, 2], same: [{ x: 1 }], items: [{ x: 1 }, { x: 2 }] };
  const after = { items: [{ x: 1 }, { x: 3 }], same: [{ x: 1 }], list: [1, 2, 3], a: { b: 'one', 'new key': null } };
  expect(differences(before, after).map(formatDifference)).toEqual([
    'a.b: 1 → one',
    'a.gone: removed, was true',
    'a.new key: added, null',
    'list: [1, 2] → [1, 2, 3]',
    'items[1].x: 2 → 3',
  ]);
});

test.each<[string, string]>([
  ['nothing', STUDY],
  ['titles and comments', STUDY.replace('Widths', 'Two widths').replace('variants', '# why\nvariants')],
  ['the order of keys, seeds, variants and analyses', reordered()],
  [
    'a refactoring: variables, a shared architecture, defaults written out',
    `spec: 1
title: Widths
variables: { width: 4, epochs: 2 }
architecture: { name: mlp, units: [$width], activation: relu }
dataset: { limit: 600, name: mnist, normalize: standard }
training: { epochs: $epochs, batchSize: 32, optimizer: { name: adam, learningRate: 0.001 } }
seeds: [1, 2]
backend: auto
variants:
  small:
  large: { architecture: { units: [8], dropout: 0.25 } }
analysis: [parameters, { timing: {} }]
`,
  ],
])('no difference: %s', (_, text) => {
  expect(diff(STUDY, text)).toEqual([]);
  expect(diff(text, STUDY)).toEqual([]);
});

test('what changed is said once, where it belongs', () => {
  const changed = STUDY.replace('limit: 600', 'limit: 700')
    .replace('epochs: 2', 'epochs: 3')
    .replace('seeds: [1, 2]', 'seeds: [1]')
    .replace('[parameters, timing]', '[parameters]')
    .replace('units: [8], dropout: 0.25', 'units: [9]');
  expect(diff(STUDY, changed)).toMatchInlineSnapshot(`
    [
      "dataset.limit: 600 → 700",
      "seeds: [1, 2] → [1]",
      "analysis.timing: removed, was {}",
      "training.epochs: 2 → 3",
      "variant large:",
      "  network.dense_1.units: 8 → 9",
      "  network.dropout_1: removed, was { layer: dropout, rate: 0.25, inputs: [dense_1] }",
      "  network.dense_2.inputs: [dropout_1] → [dense_1]",
    ]
  `);
});

test('a change of one variant alone is under its name; variants come and go', () => {
  const changed = STUDY.replace('small: {', 'tiny: {').replace(
    'dropout: 0.25 } }',
    'dropout: 0.25 }, training: { epochs: 4 } }\n  other: { architecture: { name: simple-cnn } }',
  );
  expect(diff(STUDY, changed.replace('analysis', 'unfair: [training.epochs]\nanalysis'))).toMatchInlineSnapshot(`
    [
      "variant small: removed",
      "variant large:",
      "  training.epochs: 2 → 4",
      "variant tiny: added",
      "variant other: added",
    ]
  `);
});

test("a variant's own augmentation is a difference of that variant", () => {
  const changed = STUDY.replace(
    '{ name: mlp, units: [4] } }',
    '{ name: mlp, units: [4] }, dataset: { augment: [flip] } }',
  );
  expect(diff(STUDY, changed.replace('analysis', 'unfair: [dataset.augment]\nanalysis'))).toEqual([
    'variant small:',
    '  augment: added, [flip]',
  ]);
});

function diff(before: string, after: string): string[] {
  const [a, b] = [before, after].map((text, index) => {
    const study = readStudy({ file: `${'ab'[index]}.yaml`, text });
    expect(study.problems).toEqual([]);
    return planStudy(study);
  });
  return formatPlanDifferences(diffPlans(a!, b!));
}

function reordered(): string {
  const [spec, title, seeds, dataset, , head, small, large] = STUDY.split('\n');
  const analysis = 'analysis: [timing, parameters]';
  const training = 'training: { batchSize: 32, epochs: 2 }';
  return [analysis, head, large, small, training, dataset, seeds?.replace('1, 2', '2, 1'), title, spec, ''].join('\n');
}
