import fc from 'fast-check';
import { expect, test } from 'vitest';
import { imageSplit, subset } from './dataset.ts';

const normalization = { mean: [0.25], std: [0.5] };
const split = imageSplit(
  { images: Uint8Array.of(0, 51, 102, 153, 204, 255), labels: Uint8Array.of(2, 0, 1) },
  { shape: [1, 2, 1], classes: 3, normalization },
);

test('read gives normalized pixels and labels of any indices, in their order, repeated or not', () => {
  const shape = [3, 2, 3] as const;
  const means = [0.1, 0.5, 0.9];
  const stds = [0.2, 0.3, 4];
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 90, maxLength: 90 }), fc.array(fc.nat(4)), (images, indices) => {
      const labels = Uint8Array.of(4, 3, 2, 1, 0);
      const part = imageSplit({ images, labels }, { shape, classes: 5, normalization: { mean: means, std: stds } });
      const expected = indices.flatMap((index) =>
        [...images.subarray(index * 18, index * 18 + 18)].map(
          (pixel, i) => (pixel / 255 - (means[i % 3] as number)) / (stds[i % 3] as number),
        ),
      );
      expect(part.read(indices)).toEqual({
        x: Float32Array.from(expected),
        labels: Int32Array.from(indices, (index) => 4 - index),
      });
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('a subset reads like the whole', () => {
  const part = subset(split, [2, 0, 2]);
  expect([part.count, part.shape, part.classes]).toEqual([3, [1, 2, 1], 3]);
  expect(part.read([0, 1, 2])).toEqual(split.read([2, 0, 2]));
});

test('nothing is read beyond the end', () => {
  expect(() => split.read([0, 3])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: read: indices must be whole numbers from 0 to 2; received 3.]`,
  );
  expect(() => split.read([0.5])).toThrow(RangeError);
  expect(() => subset(split, [-1])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: subset: indices must be whole numbers from 0 to 2; received -1.]`,
  );
});

test('sizes that do not fit', () => {
  const about = { shape: [1, 2, 1], classes: 3, normalization } as const;
  const labels = Uint8Array.of(0, 3);
  expect(() => imageSplit({ images: new Uint8Array(3), labels }, about)).toThrowErrorMatchingInlineSnapshot(
    `[DatasetError: imageSplit: images must have 2 × 2 values for 2 labels; received 3.]`,
  );
  expect(() => imageSplit({ images: new Uint8Array(4), labels }, about)).toThrowErrorMatchingInlineSnapshot(
    `[DatasetError: imageSplit: label 1 must be from 0 to 2; received 3.]`,
  );
  const twoChannels = { mean: [0, 0], std: [1, 1] };
  expect(() =>
    imageSplit({ images: new Uint8Array(2), labels: Uint8Array.of(0) }, { ...about, normalization: twoChannels }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[DatasetError: normalization: mean and std must have one number for each channel (=1); received 2 and 2.]`,
  );
});
