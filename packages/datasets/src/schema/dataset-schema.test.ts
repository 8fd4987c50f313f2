import { describe, expect, test } from 'vitest';
import { namedAugmentations } from './augmentations.ts';
import { datasetDescriptions } from './dataset-descriptions.ts';
import { checkDataset, datasetFacts } from './dataset-facts.ts';
import { type DatasetInput, datasetSchema } from './dataset-schema.ts';

const facts = (input: DatasetInput) => datasetFacts(datasetSchema.parse(input));
const check = (input: DatasetInput) => checkDataset(datasetSchema.parse(input));

test('a name is enough', () => {
  expect(datasetSchema.parse({ name: 'mnist' })).toEqual({
    name: 'mnist',
    split: { validation: 0 },
    normalize: 'standard',
  });
  expect(facts({ name: 'mnist' })).toEqual({
    name: 'mnist',
    classes: 10,
    classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    inputShape: [28, 28, 1],
    counts: { train: 60_000, validation: 0, test: 10_000 },
  });
});

test.each<[DatasetInput, number, number[], number, string, string]>([
  [{ name: 'fashion-mnist' }, 10, [28, 28, 1], 60_000, 'T-shirt/top', 'Ankle boot'],
  [{ name: 'cifar10' }, 10, [32, 32, 3], 50_000, 'airplane', 'truck'],
  [{ name: 'cifar100' }, 100, [32, 32, 3], 50_000, 'apple', 'worm'],
  [{ name: 'cifar100', labels: 'coarse' }, 20, [32, 32, 3], 50_000, 'aquatic_mammals', 'vehicles_2'],
])('what was published of %j', (input, classes, shape, train, first, last) => {
  const { classNames, inputShape, counts, ...rest } = facts(input);
  expect([rest.classes, inputShape, counts]).toEqual([classes, shape, { train, validation: 0, test: 10_000 }]);
  expect([classNames.length, classNames[0], classNames.at(-1)]).toEqual([classes, first, last]);
  expect(new Set(classNames).size).toBe(classes);
});

test('the names of both CIFARs are alphabetical, as folders of them are', () => {
  for (const input of [{ name: 'cifar10' }, { name: 'cifar100' }] as const) {
    expect(facts(input).classNames).toEqual([...facts(input).classNames].sort());
  }
});

test('shapes are as large and as many as asked for', () => {
  const { classes, inputShape, counts } = facts({ name: 'shapes', imageSize: 40, size: { train: 12 } });
  expect([classes, inputShape, counts]).toEqual([6, [40, 40, 1], { train: 12, validation: 0, test: 1000 }]);
});

test.each<[string, Omit<DatasetInput, 'name'>, { train: number; validation: number; test: number }]>([
  [
    'validation comes out of the training part',
    { split: { validation: 0.1 } },
    { train: 54_000, validation: 6000, test: 10_000 },
  ],
  ['a number limits training and test', { limit: 12_000 }, { train: 12_000, validation: 0, test: 10_000 }],
  [
    'limit comes before the split',
    { limit: 100, split: { validation: 0.25 } },
    { train: 75, validation: 25, test: 100 },
  ],
  ['each part can have its own limit', { limit: { test: 7 } }, { train: 60_000, validation: 0, test: 7 }],
  ['a limit above what there is changes nothing', { limit: 1e6 }, { train: 60_000, validation: 0, test: 10_000 }],
])('%s', (_, options, counts) => {
  expect(facts({ name: 'mnist', ...options }).counts).toEqual(counts);
  expect(check({ name: 'mnist', ...options })).toEqual([]);
});

describe('what the schema refuses', () => {
  test.each<[string, unknown]>([
    ['an unknown name', { name: 'cifar-10' }],
    ['an unknown key', { name: 'mnist', imageSize: 28 }],
    ['a limit of 0', { name: 'mnist', limit: 0 }],
    ['a limit that is no whole number', { name: 'mnist', limit: { train: 1.5 } }],
    ['a validation part of everything', { name: 'mnist', split: { validation: 1 } }],
    ['a standard deviation of 0', { name: 'mnist', normalize: { mean: 0, std: 0 } }],
    ['a mean without its deviation', { name: 'mnist', normalize: { mean: 0.1307 } }],
    ['an augmentation without its distance', { name: 'mnist', augment: [{ shift: {} }] }],
    ['an unknown augmentation', { name: 'mnist', augment: [{ shfit: { pixels: 2 } }] }],
    ['an unknown option of an augmentation', { name: 'mnist', augment: [{ shift: { pixel: 2 } }] }],
    ['two augmentations in one entry', { name: 'mnist', augment: [{ shift: { pixels: 2 }, flip: {} }] }],
    ['an entry without an augmentation', { name: 'mnist', augment: [{}] }],
    ['augmentations as one map', { name: 'mnist', augment: { shift: { pixels: 2 } } }],
    ['a turn of more than half', { name: 'mnist', augment: [{ rotate: { degrees: 181 } }] }],
    ['noise above 1', { name: 'shapes', noise: 2 }],
  ])('%s', (_, input) => {
    expect(datasetSchema.safeParse(input).success).toBe(false);
  });
});

test('what only the data can tell: empty parts and other channels, all at once', () => {
  expect(
    check({ name: 'mnist', limit: 2, split: { validation: 0.9 }, normalize: { mean: [0, 0, 0], std: [1] } }),
  ).toMatchInlineSnapshot(`
    [
      {
        "message": "split: validation 0.9 of 2 training examples must leave at least 1 to train on; it leaves 0. Lower it, or raise the limit.",
        "path": [
          "split",
          "validation",
        ],
      },
      {
        "message": "normalize: mean must have one number for each channel (=1) of mnist; received 3.",
        "path": [
          "normalize",
          "mean",
        ],
      },
    ]
  `);
  expect(check({ name: 'mnist', limit: 10, split: { validation: 0.01 } })).toMatchInlineSnapshot(`
    [
      {
        "message": "split: validation 0.01 of 10 training examples must be at least 1; it rounds to 0. Raise it or the limit, or set it to 0.",
        "path": [
          "split",
          "validation",
        ],
      },
    ]
  `);
});

test('augmentations get their defaults, and keep their order', () => {
  const augment = ['flip', { crop: {} }, { shift: { pixels: 2 } }, { rotate: { degrees: 10, fill: 'reflect' } }];
  const spec = datasetSchema.parse({ name: 'mnist', augment });
  expect(spec.augment).toEqual([
    'flip',
    { crop: { padding: 4, fill: 'zero' } },
    { shift: { pixels: 2, fill: 'zero' } },
    { rotate: { degrees: 10, fill: 'reflect' } },
  ]);
  expect(namedAugmentations(spec.augment ?? [])[0]).toEqual({ name: 'flip', probability: 0.5 });
  expect(datasetSchema.parse(spec)).toEqual(spec);
});

test('augmentations that would leave nothing of an image', () => {
  const problems = check({
    name: 'shapes',
    imageSize: 12,
    augment: [{ shift: { pixels: 11 } }, { shift: { pixels: 12 } }, { cutout: { size: 40 } }],
  });
  expect(problems).toMatchInlineSnapshot(`
    [
      {
        "message": "shift: pixels must be below the images' height and width (12 × 12); received 12.",
        "path": [
          "augment",
          1,
          "shift",
          "pixels",
        ],
      },
      {
        "message": "cutout: size must be below the images' height and width (12 × 12); received 40.",
        "path": [
          "augment",
          2,
          "cutout",
          "size",
        ],
      },
    ]
  `);
});

test('every data set of the schema is described', () => {
  const names = datasetSchema.options.map((option) => [...option.shape.name.values][0]);
  expect(datasetDescriptions.map(({ name }) => name)).toEqual(names);
});
