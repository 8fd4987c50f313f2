import { expect, test } from 'vitest';
import { formatProblems } from './problem.ts';
import type { ReadFile } from './read-files.ts';
import { readStudy, type Study } from './read-study.ts';

const BASE = `spec: 1
dataset: { name: mnist }
training:
  epochs: 5
  optimizer: { name: adam, learningRate: 0.01 }
architecture:
  layers:
    - conv2d: { filters: 8, kernelSize: $k }
    - flatten
    - dense: { units: $classes }
`;

const GRID = `spec: 1
dataset: { name: mnist }
training:
  epochs: 5
  optimizer: { name: adam, learningRate: 0.01 }
variants:
  k\${k}:
    architecture:
      layers:
        - conv2d: { filters: 8, kernelSize: $k }
        - flatten
        - dense: { units: $classes }
`;

test('files are laid over each other: bases left to right, then the file, then --set', () => {
  const study = read(
    {
      'studies/kernels.yaml': `extends: [./_mnist.yaml, ../shared/_quick.yaml]
training: { batchSize: 32 }
variables: { k: [3, 5] }
`,
      'studies/_mnist.yaml': GRID,
      'shared/_quick.yaml': 'extends: ./_seeds.yaml\ntraining: { epochs: 1, batchSize: 16 }\n',
      'shared/_seeds.yaml': 'seeds: [1, 2]\ntraining: { epochs: 99, schedule: { name: cosine } }\n',
    },
    ['training.batchSize=8', 'seeds=[4]', 'training.optimizer.name=sgd', 'training.optimizer.learningRate=0.5'],
  );
  expect(text(study)).toBe('');
  expect(study.variants.map(({ name, graph }) => [name, graph.nodes[0]?.args['kernelSize']])).toEqual([
    ['k3', 3],
    ['k5', 5],
  ]);
  expect(study.spec?.seeds).toEqual([4]);
  // Another optimizer's settings are not those of the one that it replaces.
  expect(study.spec?.training).toMatchObject({
    epochs: 1,
    batchSize: 8,
    schedule: { name: 'cosine' },
    optimizer: { name: 'sgd', learningRate: 0.5 },
  });
  expect([...study.sources.keys()]).toEqual([
    'studies/kernels.yaml',
    'studies/_mnist.yaml',
    'shared/_quick.yaml',
    'shared/_seeds.yaml',
    '--set',
  ]);
});

test('null takes out what a base says, and another name of a variant’s architecture all of it', () => {
  const study = read({
    'a.yaml': `extends: _b.yaml
training: { epochs: null }
variants: { one: { architecture: { name: simple-cnn } }, two: null }
`,
    '_b.yaml': `spec: 1
dataset: { name: mnist }
training: { epochs: 3, batchSize: 16 }
variants: { one: { architecture: { name: mlp, units: [8] } }, two: { architecture: { name: mlp, units: [4] } } }
`,
  });
  expect(text(study)).toBe('');
  expect(study.variants.map(({ name }) => name)).toEqual(['one']);
  expect(study.spec?.training).toMatchObject({ epochs: 10, batchSize: 16 });
});

test('a mistake in a base is shown there, with the variants that it spoils', () => {
  expect(
    text(
      read({
        'studies/kernels.yaml': `extends: ./_mnist.yaml
variables: { k: [3, 29, 31] }
variants:
  dense: { architecture: { name: mlp } }
`,
        'studies/_mnist.yaml': GRID.replace('epochs', 'epoch'),
      }),
    ),
  ).toMatchInlineSnapshot(`
    "studies/_mnist.yaml:4:3  unknown key "epoch" in training — did you mean "epochs"?
        4 |   epoch: 5
          |   ^^^^^
    studies/_mnist.yaml:10:11  conv2d_1: kernelSize 29×29 with padding "valid" leaves no pixels of a 28×28 input. Use padding "same" or a smaller kernel. Its input is [28, 28, 1]. (in variant "k29")
       10 |         - conv2d: { filters: 8, kernelSize: $k }
          |           ^^^^^^
    studies/_mnist.yaml:10:11  conv2d_1: kernelSize 31×31 with padding "valid" leaves no pixels of a 28×28 input. Use padding "same" or a smaller kernel. Its input is [28, 28, 1]. (in variant "k31")
       10 |         - conv2d: { filters: 8, kernelSize: $k }
          |           ^^^^^^"
  `);
});

test('a circle of files is named, and the file that is not there, each where it is written', () => {
  expect(
    text(
      read({
        'x/a.yaml': 'extends: _b.yaml\nspec: 1\n',
        'x/_b.yaml': 'extends: [_c.yaml, ./_d.yml]\n',
        'x/_c.yaml': 'title: C\nextends: ../x/./_b.yaml\n',
      }),
    ),
  ).toMatchInlineSnapshot(`
    "x/_c.yaml:2:10  extends: files extend each other in a circle: x/_b.yaml → x/_c.yaml → x/_b.yaml.
        2 | extends: ../x/./_b.yaml
          |          ^^^^^^^^^^^^^^
    x/_b.yaml:1:20  extends: "x/_d.yml" can't be read: there is no such file — did you mean "_b.yaml"?
        1 | extends: [_c.yaml, ./_d.yml]
          |                    ^^^^^^^^"
  `);
  expect(text(read({ 'a.yaml': 'extends: ./a.yaml\n' }))).toMatch(
    /^a\.yaml:1:10 {2}extends: the file extends itself\.\n/,
  );
});

test.each([
  ['extends: 5', 'a.yaml:1:10  extends: must be the path of a file, or a list of such paths, as in "./_mnist.yaml".'],
  ['extends: []', 'a.yaml:1:10  extends: must name at least one file; received an empty list.'],
  ['extends: [_b.yaml, ./_b.yaml]', 'a.yaml:1:20  extends: "./_b.yaml" is named twice. Keep one of them.'],
  ['extends: _list.yaml', '_list.yaml:1:1  a base file must be a map of keys such as `dataset` and `variants`.'],
  [
    'extends: _newer.yaml',
    '_newer.yaml:1:7  spec: this version of Ablate reads spec 1; received 3. Update Ablate to read this file.',
  ],
  ['extends: _older.yaml\nspec: 1\nvariants: {a: {}}', '_older.yaml:1:7  spec: must be 1; received 0'],
  ['extends: _tab.yaml', '_tab.yaml:2:1  indent with spaces: YAML does not allow tabs here.'],
])('%s', (written, message) => {
  const files = {
    '_b.yaml': BASE,
    '_list.yaml': '- 1\n',
    '_newer.yaml': 'spec: 3\nfoo: 1\n',
    '_older.yaml': BASE.replace('spec: 1', 'spec: 0').replace('$k', '3'),
    '_tab.yaml': 'a:\n\t- 1\n',
  };
  expect(text(read({ 'a.yaml': `${written}\n`, ...files })).split('\n')[0]).toBe(message);
});

test('files that extend two each are read once each, however many ways lead to them', () => {
  const files: Record<string, string> = { 'a.yaml': 'extends: [_x0.yaml, _y0.yaml]\nvariants: { a: {} }\n' };
  for (let level = 0; level < 25; level++) {
    const below = level === 24 ? '_end.yaml' : `[_x${level + 1}.yaml, _y${level + 1}.yaml]`;
    files[`_x${level}.yaml`] = `extends: ${below}\n`;
    files[`_y${level}.yaml`] = `extends: ${below}\n`;
  }
  files['_end.yaml'] = BASE.replace('$k', '3');
  expect(text(read(files))).toBe('');
});

test('a chain without end stops', () => {
  const study = readStudy({
    file: 'a.yaml',
    text: 'extends: _0.yaml\n',
    readFile: (path) => `extends: _${Number(/\d+/.exec(path)?.[0]) + 1}.yaml\n`,
  });
  expect(text(study).split('\n')[0]).toBe(
    '_31.yaml:1:10  extends: a study must be made of a chain of at most 32 files.',
  );
});

test('without a way to read files, a study that extends one says so', () => {
  expect(text(readStudy({ file: 'a.yaml', text: 'extends: _b.yaml\n' })).split('\n')[0]).toBe(
    'a.yaml:1:10  extends: "_b.yaml" can\'t be read: no other files can be read here.',
  );
});

test('a base may lack what its studies say, but nothing that it says may be wrong', () => {
  expect(text(read({ '_mnist.yaml': BASE }))).toBe('');
  expect(
    text(read({ '_part.yaml': 'training: { optimizer: { learningRate: 0.1 } }\nunfair: [training.epochs]\n' })),
  ).toBe('');
  expect(
    text(
      read({ '_wrong.yaml': 'training: { epochs: none, optimiser: { name: sgd } }\nvariants: { a: { title: 5 } }\n' }),
    ),
  ).toMatchInlineSnapshot(`
      "_wrong.yaml:1:21  epochs: must be a whole number ≥ 1 and ≤ 10000; received "none"
          1 | training: { epochs: none, optimiser: { name: sgd } }
            |                     ^^^^
      _wrong.yaml:1:27  unknown key "optimiser" in training — did you mean "optimizer"?
          1 | training: { epochs: none, optimiser: { name: sgd } }
            |                           ^^^^^^^^^
      _wrong.yaml:2:25  title: must be text; received 5
          2 | variants: { a: { title: 5 } }
            |                         ^"
    `);
});

test('the architecture of a base is checked before anything extends it, and may be a part of one', () => {
  const layers = 'layers: [conv2d: { filters: 4, kernelSize: $k }, flatten, { dense: { units: $classes } }]';
  expect(text(read({ '_net.yaml': `architecture: { ${layers} }\n` }))).toBe('');
  expect(text(read({ '_net.yaml': 'architecture: { units: [$n] }\n' }))).toBe('');
  expect(text(read({ '_net.yaml': 'architecture: { name: mlp, unit: [8] }\n' }))).toMatchInlineSnapshot(`
    "_net.yaml:1:28  unknown key "unit" in architecture — did you mean "units"?
        1 | architecture: { name: mlp, unit: [8] }
          |                            ^^^^"
  `);
  expect(
    text(read({ '_net.yaml': 'dataset: { name: mnist }\narchitecture: { layers: [dense: { units: 10 }] }\n' })),
  ).toMatchInlineSnapshot(`
    "_net.yaml:2:26  dense_1: the input must be one row of numbers [n]; received [28, 28, 1]. Put flatten or globalAveragePooling2d before it.
        2 | architecture: { layers: [dense: { units: 10 }] }
          |                          ^^^^^"
  `);
});

test('a variable that a base offers may stay unused; one of the study or of --set may not', () => {
  const files = {
    'a.yaml':
      'extends: _b.yaml\nspec: 1\ndataset: { name: mnist }\nvariables: { own: 1 }\nvariants: { a: { architecture: { name: mlp } } }\n',
    '_b.yaml': 'variables: { offered: 1 }\n',
  };
  expect(text(read(files, ['variables.other=2']))).toMatchInlineSnapshot(`
    "a.yaml:4:14  unused variable "own": mention it as $own, or remove it.
        4 | variables: { own: 1 }
          |              ^^^
    --set:1:11  unused variable "other": mention it as $other, or remove it.
        1 | variables.other=2
          |           ^^^^^"
  `);
});

/** The first of the files, read as a study that may extend the others. */
function read(files: Record<string, string>, sets: readonly string[] = []): Study {
  const [file = '', content = ''] = Object.entries(files)[0] ?? [];
  const siblings = Object.keys(files).map((name) => name.split('/').at(-1) ?? '');
  const readFile: ReadFile = (path) => files[path] ?? { reason: 'there is no such file', siblings };
  return readStudy({ file, text: content, readFile, sets });
}

function text({ problems, sources }: Study): string {
  return formatProblems(problems, sources);
}
