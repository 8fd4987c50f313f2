import { expect, test } from 'vitest';
import { enlarged } from './enlarged.ts';

test('each pixel is a square, of the least side that is large enough', () => {
  const { pixels, ...size } = enlarged(
    { height: 1, width: 2, channels: 3, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) },
    3,
  );
  expect(size).toEqual({ height: 2, width: 4, channels: 3 });
  const row = [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6];
  expect([...pixels]).toEqual([...row, ...row]);
});

test('an image that is large enough stays as it is', () => {
  const image = { height: 2, width: 1, channels: 1, pixels: Uint8Array.of(1, 2) };
  expect(enlarged(image, 2)).toBe(image);
});
