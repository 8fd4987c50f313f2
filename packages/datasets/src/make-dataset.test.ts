import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Split } from './dataset.ts';
import { makeDataset, type RawDataset } from './make-dataset.ts';
import { datasetSchema } from './schema/dataset-schema.ts';

const numRuns = import.meta.env.MODE === 'deep' ? 2000 : 100;

const mnist = (options: object = {}) => datasetSchema.parse({ name: 'mnist', ...options });
const defaults = mnist({ normalize: 'none' });

test('parts are disjoint, complete, as large as said, and hold the classes in proportion', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(4), { minLength: 4, maxLength: 300 }),
      fc.double({ min: 0, max: 0.7, noNaN: true }),
      fc.nat(),
      (labels, validation, seed) => {
        const made = makeDataset(numbered(labels), { ...defaults, split: { validation } }, { seed });
        const parts = [ids(made.train), made.validation === null ? [] : ids(made.validation)];
        expect(parts.flat().sort((a, b) => a - b)).toEqual(labels.map((_, i) => i));
        expect(parts.map((part) => part.length)).toEqual([made.counts.train, made.counts.validation]);
        const count = (part: ArrayLike<number>, label: number) => Array.from(part).filter((l) => l === label).length;
        for (let label = 0; label < 5; label++) {
          const share = (count(labels, label) * made.counts.validation) / labels.length;
          expect(Math.abs(count(made.validation?.labels ?? [], label) - share)).toBeLessThan(1);
        }
      },
    ),
    { seed: 1, numRuns },
  );
});

test('limit takes that many, of the classes in proportion, before validation is split off', () => {
  const labels = Array.from({ length: 400 }, (_, i) => (i < 300 ? 0 : 1));
  const made = makeDataset(numbered(labels), { ...defaults, limit: 40, split: { validation: 0.25 } });
  expect(made.counts).toEqual({ train: 30, validation: 10, test: 40 });
  expect(
    made.train.labels.filter((label) => label === 1).length +
      (made.validation?.labels.filter((l) => l === 1).length ?? 0),
  ).toBe(10);
  expect(made.test.labels.filter((label) => label === 1)).toHaveLength(10);
  const used = [...ids(made.train), ...(made.validation === null ? [] : ids(made.validation))];
  expect(new Set(used).size).toBe(40);
  expect(used).not.toEqual(labels.slice(0, 40).map((_, i) => i));
});

test('parts depend on the data seed, which is 0 unless given', () => {
  const raw = numbered(Array.from({ length: 200 }, (_, i) => i % 5));
  const parts = (options?: { seed: number }) =>
    ids(makeDataset(raw, { ...defaults, split: { validation: 0.5 } }, options).train);
  expect(parts()).toEqual(parts({ seed: 0 }));
  expect(parts()).not.toEqual(parts({ seed: 1 }));
});

test('parts are what they were: a change would change every study', () => {
  const raw = numbered(Array.from({ length: 20 }, (_, i) => i % 2));
  const made = makeDataset(raw, { ...defaults, limit: 12, split: { validation: 0.5 } });
  expect([ids(made.train), made.validation && ids(made.validation), ids(made.test)]).toMatchInlineSnapshot(`
    [
      [
        1,
        2,
        7,
        9,
        10,
        16,
      ],
      [
        4,
        12,
        15,
        17,
        18,
        19,
      ],
      [
        1,
        2,
        4,
        6,
        7,
        8,
        9,
        11,
        14,
        15,
        17,
        18,
      ],
    ]
  `);
});

describe('normalization', () => {
  const coloured: RawDataset = {
    name: 'coloured',
    classNames: ['a', 'b'],
    inputShape: [1, 2, 2],
    train: { images: Uint8Array.of(0, 10, 255, 20, 51, 30, 102, 40), labels: Uint8Array.of(0, 1) },
    test: { images: Uint8Array.of(255, 255, 0, 0), labels: Uint8Array.of(1) },
  };

  test('none: pixels from 0 to 1', () => {
    const { x, labels } = makeDataset(coloured, mnist({ normalize: 'none' })).train.read([1, 0]);
    expect(x).toEqual(Float32Array.of(0.2, 30 / 255, 0.4, 40 / 255, 0, 10 / 255, 1, 20 / 255));
    expect(labels).toEqual(Int32Array.of(1, 0));
  });

  test('given: (pixel / 255 − mean) / std, channel by channel', () => {
    const { test: part } = makeDataset(coloured, mnist({ normalize: { mean: [0.5, 0], std: [0.25, 2] } }));
    expect(part.read([0]).x).toEqual(Float32Array.of(2, 0.5, -2, 0));
  });

  test('given as one number: for every channel', () => {
    const { normalization } = makeDataset(coloured, mnist({ normalize: { mean: 0.5, std: 2 } }));
    expect(normalization).toEqual({ mean: [0.5, 0.5], std: [2, 2] });
  });

  test('standard: each channel of the training part, and of no other, has mean 0 and deviation 1', () => {
    const raw = numbered(Array.from({ length: 500 }, (_, i) => i % 5));
    const { train, test: other } = makeDataset(raw, mnist({ split: { validation: 0.3 } }));
    const moments = (part: Split, channel: number) => {
      const { x } = part.read(Array.from({ length: part.count }, (_, i) => i));
      const values = x.filter((_, i) => i % 2 === channel);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return { mean, std: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
    };
    for (const channel of [0, 1]) {
      expect(moments(train, channel).mean).toBeCloseTo(0, 6);
      expect(moments(train, channel).std).toBeCloseTo(1, 6);
    }
    expect(Math.abs(moments(other, 0).mean)).toBeGreaterThan(1e-3);
  });

  test('a channel that is the same everywhere has no deviation', () => {
    const flat = { ...coloured, train: { images: Uint8Array.of(1, 7, 2, 7), labels: Uint8Array.of(0) } };
    expect(() => makeDataset(flat, mnist())).toThrowErrorMatchingInlineSnapshot(
      `[DatasetError: normalize: channel 1 of the training part must vary to have a standard deviation; every pixel is 7. Use normalize: none.]`,
    );
  });

  test('numbers for other channels', () => {
    expect(() =>
      makeDataset(coloured, mnist({ normalize: { mean: [1, 2, 3], std: 1 } })),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DatasetError: normalize: mean must have one number for each channel (=2); received 3.]`,
    );
  });
});

test('a data set without test examples', () => {
  const raw = { ...numbered([0, 1]), test: { images: new Uint8Array(), labels: new Uint8Array() } };
  expect(() => makeDataset(raw, defaults)).toThrowErrorMatchingInlineSnapshot(
    `[DatasetError: numbered: the training and the test part must have at least 1 example; they have 2 and 0.]`,
  );
});

/** 1×1 images of two channels that say which example they are: number % 256, number / 256. */
function numbered(labels: number[]): RawDataset {
  const images = Uint8Array.from(labels.flatMap((_, i) => [i % 256, Math.floor(i / 256)]));
  const part = { images, labels: Uint8Array.from(labels) };
  return { name: 'numbered', classNames: ['a', 'b', 'c', 'd', 'e'], inputShape: [1, 1, 2], train: part, test: part };
}

function ids({ images, count }: Split): number[] {
  return Array.from({ length: count }, (_, i) => (images[2 * i] as number) + 256 * (images[2 * i + 1] as number));
}
