import type { Pixels } from './png.ts';

/**
 * An image whose pixels are squares, of the least whole side with which the longer side has `least` pixels or more: a kernel
 * of 3×3 would be a speck. One that is as large is returned as it is.
 */
export function enlarged(image: Pixels, least: number): Pixels {
  const { height, width, channels, pixels } = image;
  const side = Math.ceil(least / Math.max(height, width));
  if (side <= 1) return image;
  const large = { height: height * side, width: width * side, channels };
  const copy = new Uint8Array(large.height * large.width * channels);
  for (let row = 0, at = 0; row < large.height; row++) {
    for (let column = 0; column < large.width; column++) {
      const from = (Math.floor(row / side) * width + Math.floor(column / side)) * channels;
      for (let channel = 0; channel < channels; channel++) copy[at++] = pixels[from + channel] ?? 0;
    }
  }
  return { ...large, pixels: copy };
}
