import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { imageSplit, type Split, subset } from '../dataset.ts';
import { makeDataset } from '../make-dataset.ts';
import type { Augment } from '../schema/augmentations.ts';
import { datasetSchema } from '../schema/dataset-schema.ts';
import { receiveDataset, transferDataset } from '../transfer-dataset.ts';

const numRuns = import.meta.env.MODE === 'deep' ? 2000 : 100;
const count = 40;
const everything: Augment = [
  { shift: { pixels: 2, fill: 'reflect' } },
  { rotate: { degrees: 20, fill: 'zero' } },
  'flip',
  { brightness: { amount: 0.3 } },
  { contrast: { amount: 0.3 } },
  { cutout: { size: 3 } },
  { shift: { pixels: 1, fill: 'zero' } },
];
const split = photographs(everything);

test('without a draw, images are as they are', () => {
  const indices = [4, 0, 17];
  expect(split.read(indices)).toEqual(photographs([]).read(indices));
  expect(split.read(indices, { seed: 1, epoch: 1 }).x).not.toEqual(split.read(indices).x);
});

test('a draw gives an example the same values in any batch, shard or order, and after any other', () => {
  const size = split.shape[0] * split.shape[1] * split.shape[2];
  fc.assert(
    fc.property(
      fc.array(fc.nat(count - 1), { minLength: 1, maxLength: 20 }),
      fc.nat(),
      fc.integer({ min: 1, max: 1000 }),
      (indices, seed, epoch) => {
        const { x, labels } = split.read(indices, { seed, epoch });
        for (const [row, index] of indices.entries()) {
          const alone = photographs(everything).read([index], { seed, epoch });
          expect(x.subarray(row * size, (row + 1) * size)).toEqual(alone.x);
          expect(labels[row]).toBe(alone.labels[0]);
        }
      },
    ),
    { seed: 1, numRuns },
  );
});

test('another seed, epoch or example draws something else', () => {
  const same = imageSplit({ images: gradient(2), labels: new Uint8Array(2) }, about([{ rotate: rotation(90) }]));
  const read = (index: number, seed: number, epoch: number) => same.read([index], { seed, epoch }).x;
  const all = [read(0, 1, 1), read(1, 1, 1), read(0, 2, 1), read(0, 1, 2), read(1, 2, 2), read(0, 1, 1 + 2 ** 16)];
  expect(new Set(all.map(String)).size).toBe(all.length);
});

test('another augmentation in the list changes no draw of this one', () => {
  const images = photographs([{ shift: { pixels: 2, fill: 'zero' } }]);
  const draw = { seed: 5, epoch: 3 };
  const indices = Array.from({ length: count }, (_, i) => i);
  const before = photographs([{ brightness: { amount: 1e-9 } }, { shift: { pixels: 2, fill: 'zero' } }]);
  expect(before.read(indices, draw)).toEqual(images.read(indices, draw));
});

test('entries apply in their order', () => {
  const cut = { cutout: { size: 3 } };
  const bright = { brightness: { amount: 1 } };
  const draw = { seed: 1, epoch: 1 };
  // The square is the mean's colour unless it is brightened after it was cut.
  const lit = (augment: Augment) =>
    [...photographs(augment, [0.5, 0.5, 0.5]).read([0], draw).x].filter((v) => v === Math.fround(128 / 255 - 0.5));
  expect(lit([bright, cut]).length).toBeGreaterThanOrEqual(12);
  expect(lit([cut, bright]).length).toBeLessThan(12);
});

describe('draws are what they were: a change would change every study', () => {
  test.each<[string, Augment[number], number[]]>([
    ['crop', 'crop', [23, 68, 149, 206]],
    ['flip', 'flip', [104, 101, 104, 101]],
    ['rotate', { rotate: rotation(30) }, [102, 103, 98, 102]],
  ])('%s', (_, entry, expected) => {
    const part = imageSplit({ images: gradient(4), labels: new Uint8Array(4) }, about([entry]));
    const { x } = part.read([0, 1, 2, 3], { seed: 7, epoch: 2 });
    // Of each image the pixel in the middle.
    expect([0, 1, 2, 3].map((i) => Math.round(255 * (x[i * 64 + 27] as number)))).toEqual(expected);
  });
});

test('distances are equally likely in both directions, and half of all images are flipped', () => {
  const many = 4000;
  const dot = new Uint8Array(many * 25);
  for (let i = 0; i < many; i++) dot[i * 25 + 11] = 255;
  const labels = new Uint8Array(many);
  const part = imageSplit(
    { images: dot, labels },
    { ...about([]), shape: [5, 5, 1], augment: [{ shift: { pixels: 1, fill: 'zero' } }, 'flip'] },
  );
  const { x } = part.read(
    Array.from({ length: many }, (_, i) => i),
    { seed: 1, epoch: 1 },
  );
  const places = new Map<number, number>();
  for (const [i, value] of x.entries()) if (value > 0) places.set(i % 25, (places.get(i % 25) ?? 0) + 1);
  // From column 1: 0 to 2, and flipped 4 to 2. Standard deviation of a count: √(4000 × 1/18 × 17/18) ≈ 14.5.
  expect([...places.keys()].sort((a, b) => a - b)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  for (const [place, found] of places)
    expect(Math.abs(found - (many / 18) * (place % 5 === 2 ? 2 : 1))).toBeLessThan(75);
});

test('parts of a data set: only what is trained on is augmented, also from another thread', () => {
  const raw = { images: gradient(count), labels: Uint8Array.from({ length: count }, (_, i) => i % 2) };
  const spec = datasetSchema.parse({ name: 'mnist', split: { validation: 0.5 }, augment: ['flip', { crop: {} }] });
  const whole = { name: 'gradient', classNames: ['a', 'b'], inputShape: [8, 8, 1], train: raw, test: raw } as const;
  const made = makeDataset(whole, spec);
  const indices = [0, 1, 2, 3];
  const draw = { seed: 1, epoch: 1 };
  expect(made.train.read(indices, draw).x).not.toEqual(made.train.read(indices).x);
  expect(made.validation?.read(indices, draw)).toEqual(made.validation?.read(indices));
  expect(made.test.read(indices, draw)).toEqual(made.test.read(indices));
  const received = receiveDataset(structuredClone(transferDataset(made)));
  expect(received.train.read(indices, draw)).toEqual(made.train.read(indices, draw));
  expect(subset(made.train, [0]).read([0], draw)).toEqual(made.train.read([0], draw));
});

test('an epoch that is none', () => {
  expect(() => split.read([0], { seed: 1, epoch: -1 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: read: epoch must be a whole number from 0 to 2^32 − 1; received -1.]`,
  );
  expect(() => split.read([0], { seed: 0.5, epoch: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: streamKey: seed must be a whole number from 0 to 2^53 - 1; received 0.5.]`,
  );
});

function rotation(degrees: number) {
  return { degrees, fill: 'zero' } as const;
}

function about(augment: Augment) {
  return { shape: [8, 8, 1], classes: 2, normalization: { mean: [0], std: [1] }, augment } as const;
}

/** `images` times the same 8 × 8 image, each pixel another value. */
function gradient(images: number): Uint8Array {
  return Uint8Array.from({ length: images * 64 }, (_, i) => 3 * (i % 64) + 20);
}

function photographs(augment: Augment, mean = [0.4, 0.5, 0.6]): Split {
  const images = Uint8Array.from({ length: count * 7 * 6 * 3 }, (_, i) => (i * 89 + (i >> 5) * 31) % 256);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  return imageSplit(
    { images, labels },
    { shape: [7, 6, 3], classes: 10, normalization: { mean, std: [1, 1, 1] }, augment },
  );
}
