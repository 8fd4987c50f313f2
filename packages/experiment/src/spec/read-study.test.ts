import { expect, test } from 'vitest';
import { planStudy } from '../plan/plan.ts';
import { formatProblems } from './problem.ts';
import { readStudy } from './read-study.ts';

test('a misspelt layer, an unknown key, a wrong type: all in one go', () => {
  expect(
    problemsOf(`spec: 1
titel: Kernel sizes
dataset: { name: mnist, split: { validation: 0.1 } }
training: { epochs: ten, batchSize: 64 }
variants:
  a:
    architecture:
      layers:
        - Con2d: { filters: 32, kernelSize: 3 }
        - conv2d: { filters: "32", kernelSize: 3, pading: same }
        - flatten
        - dense: { units: $classes }
`),
  ).toMatchInlineSnapshot(`
    "study.yaml:2:1  unknown key "titel" — did you mean "title"?
        2 | titel: Kernel sizes
          | ^^^^^
    study.yaml:4:21  epochs: must be a whole number ≥ 1 and ≤ 10000; received "ten"
        4 | training: { epochs: ten, batchSize: 64 }
          |                     ^^^
    study.yaml:9:11  unknown layer "Con2d" — did you mean "conv2d"?
        9 |         - Con2d: { filters: 32, kernelSize: 3 }
          |           ^^^^^
    study.yaml:10:30  filters: must be a whole number ≥ 1; received "32". Write it without quotes.
       10 |         - conv2d: { filters: "32", kernelSize: 3, pading: same }
          |                              ^^^^
    study.yaml:10:51  unknown key "pading" in conv2d — did you mean "padding"?
       10 |         - conv2d: { filters: "32", kernelSize: 3, pading: same }
          |                                                   ^^^^^^"
  `);
});

test('what is wrong with the shared part is said once, whatever the number of variants', () => {
  expect(
    problemsOf(`spec: 1
dataset: { name: mnist }
variables: { k: [3, 5, 7] }
architecture:
  layers:
    - conv2d: { filters: 8, kernelSize: 3 }
    - batchNorm
    - flatten
    - dense: { units: $classes }
variants:
  a\${k}: { title: "\${k}" }
  b: { architecture: { layers: [flatten, { dense: { units: 10, foo: 1 } }] } }
  c: { architecture: { layers: [flatten, { dense: { units: 0 } }] }, colour: red }
`),
  ).toMatchInlineSnapshot(`
    "study.yaml:7:7  unknown layer "batchNorm" — did you mean "batchNormalization"? (in variants "a3", "a5" and "a7")
        7 |     - batchNorm
          |       ^^^^^^^^^
    study.yaml:12:64  unknown key "foo" in dense. The other known keys are: activation, useBias, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer, activityRegularizer.
       12 |   b: { architecture: { layers: [flatten, { dense: { units: 10, foo: 1 } }] } }
          |                                                                ^^^
    study.yaml:13:60  units: must be a whole number ≥ 1; received 0
       13 |   c: { architecture: { layers: [flatten, { dense: { units: 0 } }] }, colour: red }
          |                                                            ^
    study.yaml:13:70  unknown key "colour" in the variant. The other known keys are: title, training, dataset, match.
       13 |   c: { architecture: { layers: [flatten, { dense: { units: 0 } }] }, colour: red }
          |                                                                      ^^^^^^"
  `);
});

test('wrong indentation', () => {
  expect(
    problemsOf(`spec: 1
dataset:
  name: mnist
 training: { epochs: 1 }
variants: { a: { architecture: { name: mlp } } }
`),
  ).toMatchInlineSnapshot(`
    "study.yaml:4:1  wrong indentation: the keys of one map must start in the same column.
        4 |  training: { epochs: 1 }
          | ^"
  `);
  expect(
    problemsOf(`spec: 1
dataset: { name: mnist }
variants:
  a:
    architecture:
      layers:
        - conv2d:
          filters: 32
          kernelSize: 3
        - flatten
        - dense: { units: 10 }
`),
  ).toMatchInlineSnapshot(`
    "study.yaml:8:11  the arguments of "conv2d" must be indented below it; "filters" and "kernelSize" stand beside it.
        8 |           filters: 32
          |           ^^^^^^^"
  `);
});

test('a softmax at the end, where the loss takes logits', () => {
  expect(
    problemsOf(`spec: 1
dataset: { name: mnist }
variants:
  a: { architecture: { layers: [flatten, { dense: { units: $classes, activation: softmax } }] } }
`),
  ).toMatchInlineSnapshot(`
    "study.yaml:4:44  dense_1: the last layer must have a linear activation; received "softmax": the loss takes logits and applies the softmax itself, so it would be applied twice. Leave its activation out.
        4 |   a: { architecture: { layers: [flatten, { dense: { units: $classes, activation: softmax } }] } }
          |                                            ^^^^^"
  `);
});

test('a variant varies its images otherwise where "unfair" says so; its other data is that of the study', () => {
  const study = (unfair: string, dataset: string, other = 'null') => `spec: 1
dataset: { name: cifar10, augment: [flip] }
unfair: ${unfair}
architecture: { name: simple-cnn }
variables: { side: 12 }
variants:
  shared: {}
  own: { dataset: ${dataset} }
  none: { dataset: { augment: ${other} } }
`;
  const text = study('[dataset.augment]', '{ augment: [crop, { cutout: { size: $side } }] }');
  expect(problemsOf(text)).toBe('');
  const { runs, dataset } = planStudy(readStudy({ file: 'study.yaml', text }));
  expect(dataset.augment).toEqual(['flip']);
  expect(runs.map(({ config }) => config.dataset.augment)).toEqual([['flip'], ['crop', { cutout: { size: 12 } }], []]);
  expect(new Set(runs.map((run) => run.fingerprint)).size).toBe(3);
  expect(problemsOf(study('[]', '{ augment: [crop], limit: 3 }', '[{ flip: {} }]'))).toMatchInlineSnapshot(`
    "study.yaml:5:14  unused variable "side": mention it as $side, or remove it.
        5 | variables: { side: 12 }
          |              ^^^^
    study.yaml:8:21  variants are trained alike, so a variant can't change dataset.augment. If that difference is meant, list it: \`unfair: [dataset.augment]\`.
        8 |   own: { dataset: { augment: [crop], limit: 3 } }
          |                     ^^^^^^^
    study.yaml:8:38  unknown key "limit" in dataset. The known keys are: augment.
        8 |   own: { dataset: { augment: [crop], limit: 3 } }
          |                                      ^^^^^
    study.yaml:9:3  variants "shared" (study.yaml:7:3) and "none" are twins: they build the same network and train it in the same way, so that comparing them shows nothing but noise. Change one, or remove it.
        9 |   none: { dataset: { augment: [{ flip: {} }] } }
          |   ^^^^
    study.yaml:9:22  variants are trained alike, so a variant can't change dataset.augment. If that difference is meant, list it: \`unfair: [dataset.augment]\`.
        9 |   none: { dataset: { augment: [{ flip: {} }] } }
          |                      ^^^^^^^"
  `);
  expect(problemsOf(study('[dataset]', '{ augment: [{ shift: { pixels: 40 } }] }'))).toMatchInlineSnapshot(`
    "study.yaml:5:14  unused variable "side": mention it as $side, or remove it.
        5 | variables: { side: 12 }
          |              ^^^^
    study.yaml:8:50  shift: pixels must be below the images' height and width (32 × 32); received 40.
        8 |   own: { dataset: { augment: [{ shift: { pixels: 40 } }] } }
          |                                                  ^^"
  `);
});

test('twins are named, whatever their layers are called and wherever they are written', () => {
  expect(
    problemsOf(`spec: 1
dataset: { name: mnist }
variables: { rate: [0, 0.5] }
variants:
  family: { architecture: { name: mlp, units: [32] } }
  list:
    architecture:
      layers:
        - flatten: { name: rows }
        - dense: { units: 32, activation: relu }
        - dense: { units: 10 }
  title-only-\${rate}: { title: "dropout \${rate}", architecture: { name: mlp, units: [8] } }
`),
  ).toMatchInlineSnapshot(`
    "study.yaml:6:3  variants "family" (study.yaml:5:3) and "list" are twins: they build the same network and train it in the same way, so that comparing them shows nothing but noise. Change one, or remove it.
        6 |   list:
          |   ^^^^
    study.yaml:12:3  variants "title-only-0" (study.yaml:12:3) and "title-only-0.5" are twins: they build the same network and train it in the same way, so that comparing them shows nothing but noise. Change one, or remove it.
       12 |   title-only-\${rate}: { title: "dropout \${rate}", architecture: { name: mlp, units: [8] } }
          |   ^^^^^^^^^^^^^^^^^^"
  `);
});

test('variants train alike, but for what "unfair" lists', () => {
  const variants = `variants:
  short: { architecture: { name: mlp } }
  long: { architecture: { name: mlp, units: [8] }, training: { epochs: 20, optimizer: { name: sgd, learningRate: 0.1 } } }
`;
  expect(problemsOf(`spec: 1\ndataset: { name: mnist }\nunfair: [training.epoch]\n${variants}`)).toMatchInlineSnapshot(`
    "study.yaml:3:10  unfair: no variant changes "training.epoch" — did you mean "training.epochs"?
        3 | unfair: [training.epoch]
          |          ^^^^^^^^^^^^^^
    study.yaml:6:64  variants are trained alike, so a variant can't change training.epochs. If that difference is meant, list it: \`unfair: [training.epochs]\`.
        6 |   long: { architecture: { name: mlp, units: [8] }, training: { epochs: 20, optimizer: { name: sgd, learningRate: 0.1 } } }
          |                                                                ^^^^^^
    study.yaml:6:89  variants are trained alike, so a variant can't change training.optimizer.name. If that difference is meant, list it: \`unfair: [training.optimizer.name]\`.
        6 |   long: { architecture: { name: mlp, units: [8] }, training: { epochs: 20, optimizer: { name: sgd, learningRate: 0.1 } } }
          |                                                                                         ^^^^
    study.yaml:6:100  variants are trained alike, so a variant can't change training.optimizer.learningRate. If that difference is meant, list it: \`unfair: [training.optimizer.learningRate]\`.
        6 |   long: { architecture: { name: mlp, units: [8] }, training: { epochs: 20, optimizer: { name: sgd, learningRate: 0.1 } } }
          |                                                                                                    ^^^^^^^^^^^^"
  `);
  const study = read(
    `spec: 1\ndataset: { name: mnist }\ntraining: { epochs: 5 }\nunfair: [training.epochs, training.optimizer]\n${variants}`,
  );
  expect(study.problems).toEqual([]);
  expect(study.variants.map(({ training }) => [training.epochs, training.batchSize, training.optimizer.name])).toEqual([
    [5, 64, 'adam'],
    [20, 64, 'sgd'],
  ]);
  const emptied = (unfair: string) =>
    `spec: 1\ndataset: { name: mnist }\ntraining: { epochs: 5 }\nunfair: ${unfair}\nvariants: { a: { training: null, architecture: { name: mlp } } }\n`;
  expect(problemsOf(emptied('[]'))).toMatchInlineSnapshot(`
    "study.yaml:5:18  variants are trained alike, so a variant can't change training. If that difference is meant, list it: \`unfair: [training]\`.
        5 | variants: { a: { training: null, architecture: { name: mlp } } }
          |                  ^^^^^^^^"
  `);
  expect(read(emptied('[training]')).variants.map(({ training }) => training.epochs)).toEqual([10]);
});

test('a newer spec: nothing else is said of a file that may hold anything', () => {
  expect(problemsOf('spec: 2\nnetworks: {}\nvariants: {}\n')).toMatchInlineSnapshot(`
    "study.yaml:1:7  spec: this version of Ablate reads spec 1; received 2. Update Ablate to read this file.
        1 | spec: 2
          |       ^"
  `);
});

test.each(['"1"', '0', '1.5', ''])('spec: %s is no version', (version) => {
  expect(
    problemsOf(`spec: ${version}\ndataset: { name: mnist }\nvariants: { a: { architecture: { name: mlp } } }\n`),
  ).toMatch(/^study\.yaml:1:\d+ {2}spec: must be 1; received /);
});

test('a shape that does not fit', () => {
  expect(
    problemsOf(`spec: 1
dataset: { name: mnist }
variants:
  valid:
    architecture:
      layers:
        - conv2d: { filters: 8, kernelSize: 29 }
        - flatten
        - dense: { units: 10 }
  rows: { architecture: { layers: [flatten, { conv2d: { filters: 8, kernelSize: 3 } }, { dense: { units: 10 } }] } }
  wide: { architecture: { layers: [flatten, { dense: { units: 12 } }] } }
`),
  ).toMatchInlineSnapshot(`
    "study.yaml:7:11  conv2d_1: kernelSize 29×29 with padding "valid" leaves no pixels of a 28×28 input. Use padding "same" or a smaller kernel. Its input is [28, 28, 1].
        7 |         - conv2d: { filters: 8, kernelSize: 29 }
          |           ^^^^^^
    study.yaml:10:47  conv2d_1: the input must be an image [height, width, channels]; received [784]. Put it before flatten, dense and global pooling.
       10 |   rows: { architecture: { layers: [flatten, { conv2d: { filters: 8, kernelSize: 3 } }, { dense: { units: 10 } }] } }
          |                                               ^^^^^^
    study.yaml:11:47  dense_1 gives [12]; the network must give [10], one number for each class. End the list with "dense: { units: $classes }".
       11 |   wide: { architecture: { layers: [flatten, { dense: { units: 12 } }] } }
          |                                               ^^^^^"
  `);
});

test('unknown names', () => {
  expect(
    problemsOf(`spec: 1
backend: wasmm
dataset: { name: mnits }
training: { optimizer: { name: adan }, evaluation: { trainExample: 3 } }
variants:
  a: { architecture: { name: simple-cn } }
  b: { architecture: { layers: [flaten, { dense: { units: $classes, activation: softmax } }, { dense: { units: 3 } }] } }
analysis: [parameters, receptive-fields, { timing: { runs: 3 } }, parameters, { a: 1, b: 2 }]
`),
  ).toMatchInlineSnapshot(`
    "study.yaml:2:10  backend: must be one of "auto", "wasm", "cpu"; received "wasmm" — did you mean "wasm"?
        2 | backend: wasmm
          |          ^^^^^
    study.yaml:3:18  unknown dataset "mnits" — did you mean "mnist"?
        3 | dataset: { name: mnits }
          |                  ^^^^^
    study.yaml:4:32  unknown optimizer "adan" — did you mean "adam"?
        4 | training: { optimizer: { name: adan }, evaluation: { trainExample: 3 } }
          |                                ^^^^
    study.yaml:4:54  unknown key "trainExample" in evaluation — did you mean "trainExamples"?
        4 | training: { optimizer: { name: adan }, evaluation: { trainExample: 3 } }
          |                                                      ^^^^^^^^^^^^
    study.yaml:6:30  unknown architecture "simple-cn" — did you mean "simple-cnn"?
        6 |   a: { architecture: { name: simple-cn } }
          |                              ^^^^^^^^^
    study.yaml:7:33  unknown layer "flaten" — did you mean "flatten"?
        7 |   b: { architecture: { layers: [flaten, { dense: { units: $classes, activation: softmax } }, { dense: { units: 3 } }] } }
          |                                 ^^^^^^
    study.yaml:8:24  unknown analysis "receptive-fields" — did you mean "receptive-field"?
        8 | analysis: [parameters, receptive-fields, { timing: { runs: 3 } }, parameters, { a: 1, b: 2 }]
          |                        ^^^^^^^^^^^^^^^^
    study.yaml:8:54  unknown key "runs" in timing.
        8 | analysis: [parameters, receptive-fields, { timing: { runs: 3 } }, parameters, { a: 1, b: 2 }]
          |                                                      ^^^^
    study.yaml:8:67  analysis "parameters" is already asked for at study.yaml:8:12. Keep one of them.
        8 | analysis: [parameters, receptive-fields, { timing: { runs: 3 } }, parameters, { a: 1, b: 2 }]
          |                                                                   ^^^^^^^^^^
    study.yaml:8:79  analysis[4]: must be one name, or one name with its options, as in { timing: {} }; received 2 names.
        8 | analysis: [parameters, receptive-fields, { timing: { runs: 3 } }, parameters, { a: 1, b: 2 }]
          |                                                                               ^^^^^^^^^^^^^^"
  `);
});

test('what a broken data set leaves unknown is not guessed, all else is still said', () => {
  expect(
    problemsOf(`spec: 1
dataset: { name: mnist, limits: 100 }
variables: { rate: [0.1, 5] }
variants:
  a-\${rate}: { architecture: { layers: [{ conv2d: { filters: 8, kernelSize: 29 } }, { dropout: { rate: $rate } }, flatten, { dense: { units: $classes } }] } }
  b: { architecture: { name: mlp, unit: [5] } }
`),
  ).toMatchInlineSnapshot(`
    "study.yaml:2:25  unknown key "limits" in dataset — did you mean "limit"?
        2 | dataset: { name: mnist, limits: 100 }
          |                         ^^^^^^
    study.yaml:3:26  rate: must be a number ≥ 0 and < 1; received 5 (used at study.yaml:5:104) (in variant "a-5")
        3 | variables: { rate: [0.1, 5] }
          |                          ^
    study.yaml:6:35  unknown key "unit" in architecture — did you mean "units"?
        6 |   b: { architecture: { name: mlp, unit: [5] } }
          |                                   ^^^^"
  `);
});

test('seeds are whole numbers without repetition', () => {
  const rest = 'dataset: { name: mnist }\nvariants: { a: { architecture: { name: mlp } } }\n';
  expect(problemsOf(`spec: 1\nseeds: [1, -2, 1, 0.5, 1e20]\n${rest}`)).toMatchInlineSnapshot(`
    "study.yaml:2:12  seeds[1]: must be a whole number ≥ 0 and ≤ 9007199254740991; received -2
        2 | seeds: [1, -2, 1, 0.5, 1e20]
          |            ^^
    study.yaml:2:19  seeds[3]: must be a whole number ≥ 0 and ≤ 9007199254740991; received 0.5
        2 | seeds: [1, -2, 1, 0.5, 1e20]
          |                   ^^^
    study.yaml:2:24  seeds[4]: must be a whole number ≥ 0 and ≤ 9007199254740991; received 100000000000000000000
        2 | seeds: [1, -2, 1, 0.5, 1e20]
          |                        ^^^^"
  `);
  expect(problemsOf(`spec: 1\nseeds: [1, 2, 1]\n${rest}`)).toMatchInlineSnapshot(`
    "study.yaml:2:15  seeds[2]: seed 1 is already in the list; keep one.
        2 | seeds: [1, 2, 1]
          |               ^"
  `);
  expect(problemsOf(`spec: 1\nseeds: []\n${rest}`)).toMatchInlineSnapshot(`
    "study.yaml:2:8  seeds: must be a list of at least 1; received an empty list
        2 | seeds: []
          |        ^^"
  `);
  expect(problemsOf(`spec: 1\nseeds: 3\n${rest}`)).toMatchInlineSnapshot(`
    "study.yaml:2:8  seeds: must be a list; received 3
        2 | seeds: 3
          |        ^"
  `);
});

test('data that can not feed the training', () => {
  expect(
    problemsOf(`spec: 1
dataset: { name: mnist, limit: 50, split: { validation: 0.2 } }
variants: { a: { architecture: { name: mlp } } }
`),
  ).toMatchInlineSnapshot(`
    "study.yaml:2:32  batchSize (=64): must be at most the number of training examples (=40). Lower it, or use more of the data set.
        2 | dataset: { name: mnist, limit: 50, split: { validation: 0.2 } }
          |                                ^^"
  `);
  expect(
    problemsOf(`spec: 1
dataset: { name: mnist, limit: 1, split: { validation: 0.9 }, normalize: { mean: [1, 2], std: 1 } }
training: { batchSize: 1 }
variants: { a: { architecture: { name: mlp } } }
`),
  ).toMatchInlineSnapshot(`
    "study.yaml:2:56  split: validation 0.9 of 1 training examples must leave at least 1 to train on; it leaves 0. Lower it, or raise the limit.
        2 | dataset: { name: mnist, limit: 1, split: { validation: 0.9 }, normalize: { mean: [1, 2], std: 1 } }
          |                                                        ^^^
    study.yaml:2:82  normalize: mean must have one number for each channel (=1) of mnist; received 2.
        2 | dataset: { name: mnist, limit: 1, split: { validation: 0.9 }, normalize: { mean: [1, 2], std: 1 } }
          |                                                                                  ^^^^^^"
  `);
});

test('a study without its parts', () => {
  expect(problemsOf('title: Nothing\n')).toMatchInlineSnapshot(`
    "study.yaml:1:1  "variants" is missing: a study needs at least one.
        1 | title: Nothing
          | ^^^^^^^^^^^^^^
    study.yaml:1:1  "spec" is missing; it must be 1.
        1 | title: Nothing
          | ^^^^^^^^^^^^^^
    study.yaml:1:1  "dataset" is missing; it must be a map.
        1 | title: Nothing
          | ^^^^^^^^^^^^^^"
  `);
  expect(
    problemsOf('spec: 1\ndataset: { name: mnist }\nvariants: { a: , b: 5, c: { architecture: mlp } }\n'),
  ).toMatchInlineSnapshot(`
    "study.yaml:3:13  "architecture" is missing: give the variant one, or give the study one that all variants share.
        3 | variants: { a: , b: 5, c: { architecture: mlp } }
          |             ^
    study.yaml:3:18  variant "b": must be a map with an architecture; received 5.
        3 | variants: { a: , b: 5, c: { architecture: mlp } }
          |                  ^
    study.yaml:3:43  architecture: must be a map with "layers", or with the "name" of an architecture; received "mlp".
        3 | variants: { a: , b: 5, c: { architecture: mlp } }
          |                                           ^^^"
  `);
  expect(problemsOf('- 1\n')).toMatchInlineSnapshot(`
    "study.yaml:1:1  a study must be a map of keys such as \`dataset\` and \`variants\`.
        1 | - 1
          | ^^^"
  `);
});

function read(text: string) {
  return readStudy({ file: 'study.yaml', text });
}

function problemsOf(text: string): string {
  const { problems, sources } = read(text);
  return formatProblems(problems, sources);
}
