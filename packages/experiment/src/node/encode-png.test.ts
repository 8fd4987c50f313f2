import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodePng } from './encode-png.ts';

const image = fc
  .record({
    height: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 1, max: 9 }),
    channels: fc.constantFrom(1, 3),
  })
  .chain(({ height, width, channels }) => {
    const size = height * width * channels;
    return fc.record({
      height: fc.constant(height),
      width: fc.constant(width),
      channels: fc.constant(channels),
      data: fc.uint8Array({ minLength: size, maxLength: size }),
    });
  });

describe('encodePng', () => {
  it('writes what sharp reads back, pixel by pixel', async () => {
    await fc.assert(
      fc.asyncProperty(image, async ({ height, width, channels, data }) => {
        const png = sharp(encodePng({ height, width, channels, data }));
        const { space } = await png.metadata();
        expect(space).toBe(channels === 1 ? 'b-w' : 'srgb');
        const { data: read, info } = await png.toColourspace(space).raw().toBuffer({ resolveWithObject: true });
        expect(info).toMatchObject({ height, width, channels });
        expect(new Uint8Array(read)).toEqual(data);
      }),
    );
  });

  it.each([
    [{ height: 0, width: 2, channels: 1 }, 'an image must be height × width × 1 or 3 channels; received 0×2×1.'],
    [{ height: 2, width: 1.5, channels: 1 }, 'an image must be height × width × 1 or 3 channels; received 2×1.5×1.'],
    [{ height: 2, width: 2, channels: 4 }, 'an image must be height × width × 1 or 3 channels; received 2×2×4.'],
    [{ height: 2, width: 2, channels: 3 }, '2×2×3 pixels must be 12 bytes; received 4.'],
  ])('refuses %o', (extents, message) => {
    expect(() => encodePng({ ...extents, data: new Uint8Array(4) })).toThrow(`encodePng: ${message}`);
  });
});
