import { expect, test } from 'vitest';
import { imageSheet } from './image-sheet.ts';

const tile = (value: number, channels = 1) => ({
  height: 1,
  width: 2,
  channels,
  pixels: new Uint8Array(2 * channels).fill(value),
});

test('three images: two above, one below', () => {
  const { pixels, ...size } = imageSheet([tile(1), tile(2), tile(3)]);
  expect(size).toEqual({ height: 3, width: 5, channels: 1 });
  expect([...pixels]).toEqual(
    [
      [1, 1, 0, 2, 2],
      [0, 0, 0, 0, 0],
      [3, 3, 0, 0, 0],
    ].flat(),
  );
});

test('in a column, and in colour', () => {
  const { pixels, ...size } = imageSheet([tile(1, 3), tile(2, 3)], 1);
  expect(size).toEqual({ height: 3, width: 2, channels: 3 });
  expect([...pixels]).toEqual([1, 0, 2].flatMap((value) => Array.from({ length: 6 }, () => value)));
});
