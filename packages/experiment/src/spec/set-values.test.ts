import { expect, test } from 'vitest';
import { formatProblems } from './problem.ts';
import { readStudy } from './read-study.ts';

const STUDY = `spec: 1
dataset: { name: mnist }
training: { epochs: 3, optimizer: { name: sgd, learningRate: 0.1 } }
variables: { k: [3, 5] }
variants:
  k\${k}: { architecture: { layers: [{ conv2d: { filters: 8, kernelSize: $k } }, flatten, { dense: { units: $classes } }] } }
  v1.5: { architecture: { name: mlp, units: [8, 16], dropout: 0.5 } }
`;

function read(...sets: string[]) {
  return readStudy({ file: 'study.yaml', text: STUDY, sets });
}

function problemsOf(...sets: string[]): string {
  const { problems, sources } = read(...sets);
  return formatProblems(problems, sources);
}

test('values are YAML, lists are counted from 0, names may hold dots, the last wins', () => {
  const study = read(
    'training.epochs=4',
    'training.epochs=7',
    'dataset.limit={ train: 128, test: 64 }',
    'variables.k=[1, 7]',
    'variants.k${k}.architecture.layers.0.conv2d.filters=2',
    'variants.v1.5.architecture.units.1=99',
    'variants.v1.5.architecture.dropout=null',
    'title="a=b"',
  );
  expect(formatProblems(study.problems, study.sources)).toBe('');
  expect(study.spec).toMatchObject({
    title: 'a=b',
    training: { epochs: 7 },
    dataset: { limit: { train: 128, test: 64 } },
  });
  expect(
    study.variants.map(({ name, graph }) => [
      name,
      ...graph.nodes.map(({ layer, args }) => args['filters'] ?? args['units'] ?? layer),
    ]),
  ).toEqual([
    ['k1', 2, 'flatten', 10],
    ['k7', 2, 'flatten', 10],
    ['v1.5', 'flatten', 8, 99, 10],
  ]);
});

test('another name takes the place of all options, as between files', () => {
  expect(read('training.optimizer.name=adam').spec?.training.optimizer).toMatchObject({
    name: 'adam',
    learningRate: 0.001,
  });
});

test('what is wrong is shown on its line, in a file called --set', () => {
  expect(
    problemsOf(
      'training.epoch=5',
      'training.epochs=many',
      'epochs',
      'training.epochs=',
      'training..epochs=1',
      'extends=[_a.yaml]',
      'seeds=[1, 2',
      'variants.k3.title=three',
      'variants.v1.5.architecture.units.2=1',
      'variants.v1.5.training.epochs=1',
      'dataset.name=mnits',
      '=5',
      'title=a\nb',
    ),
  ).toMatchInlineSnapshot(`
    "--set:1:10  unknown key "epoch" in training — did you mean "epochs"?
        1 | training.epoch=5
          |          ^^^^^
    --set:2:17  epochs: must be a whole number ≥ 1 and ≤ 10000; received "many" (in variants "k3" and "k5")
        2 | training.epochs=many
          |                 ^^^^
    --set:3:1  --set: must be a path and a value, as in training.epochs=3; received "epochs".
        3 | epochs
          | ^^^^^^
    --set:4:1  --set: "training.epochs" has no value. To remove what is inherited, set it to null.
        4 | training.epochs=
          | ^^^^^^^^^^^^^^^^
    --set:5:1  --set: the path "training..epochs" has an empty part.
        5 | training..epochs=1
          | ^^^^^^^^^^^^^^^^^^
    --set:6:1  --set: "extends" can't be set: the files are laid over each other before.
        6 | extends=[_a.yaml]
          | ^^^^^^^^^^^^^^^^^
    --set:7:12  "]" is missing.
        7 | seeds=[1, 2
          |            ^
    --set:8:10  --set: unknown variant "k3". The variants as they are written are: k\${k}, v1.5.
        8 | variants.k3.title=three
          |          ^^
    --set:9:34  --set: the list has 2 items, 0 to 1; received "2".
        9 | variants.v1.5.architecture.units.2=1
          |                                  ^
    --set:10:24  variants are trained alike, so a variant can't change training.epochs. If that difference is meant, list it: \`unfair: [training.epochs]\`.
       10 | variants.v1.5.training.epochs=1
          |                        ^^^^^^
    --set:11:14  unknown dataset "mnits" — did you mean "mnist"?
       11 | dataset.name=mnits
          |              ^^^^^
    --set:12:1  --set: must be a path and a value, as in training.epochs=3; received "=5".
       12 | =5
          | ^^
    --set:13:1  --set: must stand on one line; write lists and maps with [ ] and { }.
       13 | title=a
          | ^^^^^^^"
  `);
});

test('a value may use the variables of the study, and must not use others', () => {
  expect(problemsOf('variants.v1.5.architecture.units=[$classes, $classes]')).toBe('');
  expect(problemsOf('training.epochs=$n').split('\n')[0]).toBe(
    '--set:1:17  unknown variable "n". The variables are: k, classes, inputShape.',
  );
});
