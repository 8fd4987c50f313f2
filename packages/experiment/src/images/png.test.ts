import { expect, test } from 'vitest';
import sharp from 'sharp';
import { encodePng } from './png.ts';

test.each([
  [1, 5, 3],
  [3, 4, 7],
  [1, 1, 1],
])('another reader sees the pixels: %i channels, %i×%i', async (channels, height, width) => {
  const pixels = Uint8Array.from({ length: height * width * channels }, (_, at) =>
    at % 3 === 0 ? 0 : (37 * at) % 256,
  );
  const image = sharp(encodePng({ height, width, channels, pixels }));
  const { data, info } = await image
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ height, width, channels });
  expect(new Uint8Array(data)).toEqual(pixels);
});

test('another number of channels or pixels is refused', () => {
  const pixels = new Uint8Array(8);
  expect(() => encodePng({ height: 2, width: 2, channels: 2, pixels })).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: encodePng: an image must have 1 or 3 channels and height·width·channels pixels; received 2×2×2 and 8.]`,
  );
  expect(() => encodePng({ height: 2, width: 3, channels: 1, pixels })).toThrow('received 2×3×1 and 8.');
});
