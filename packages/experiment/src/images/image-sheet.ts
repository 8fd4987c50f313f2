import type { Pixels } from './png.ts';

/** Pixels between images. */
const GAP = 1;

/**
 * Images side by side, from left to right and from top to bottom, with a black pixel between them.
 *
 * @param images Of one size.
 * @param columns Default as square as it gets.
 */
export function imageSheet(images: readonly Pixels[], columns = Math.ceil(Math.sqrt(images.length))): Pixels {
  const [{ height, width, channels } = { height: 0, width: 0, channels: 1 }] = images;
  const across = Math.min(columns, images.length);
  const sheet = {
    height: Math.ceil(images.length / columns) * (height + GAP) - GAP,
    width: across * (width + GAP) - GAP,
    channels,
  };
  const pixels = new Uint8Array(sheet.height * sheet.width * channels);
  for (const [index, image] of images.entries()) {
    const [top, left] = [Math.floor(index / columns) * (height + GAP), (index % columns) * (width + GAP)];
    for (let row = 0; row < height; row++) {
      const from = image.pixels.subarray(row * width * channels, (row + 1) * width * channels);
      pixels.set(from, ((top + row) * sheet.width + left) * channels);
    }
  }
  return { ...sheet, pixels };
}
