import { type Augmentation, below, type ImageShape, reflected } from './augmentation.ts';

/**
 * Moves the image by `dy` rows and `dx` columns, each a whole number from −`distance` to `distance`, equally likely.
 * Padding by `distance` and cutting the image's size out anywhere is the same.
 *
 * @param fill What comes in: `zero` is black, `reflect` the image mirrored at its edge, which is not repeated.
 */
export function translate(
  [height, width, channels]: ImageShape,
  { distance, fill }: { distance: number; fill: 'zero' | 'reflect' },
): Augmentation {
  const line = width * channels;
  return (from, to, words) => {
    const dy = below(2 * distance + 1, words[0] as number) - distance;
    const dx = below(2 * distance + 1, words[1] as number) - distance;
    if (fill === 'zero') to.fill(0);
    const first = Math.max(0, dx);
    const last = Math.min(width, width + dx);
    for (let y = 0; y < height; y++) {
      let source = y - dy;
      if (source < 0 || source >= height) {
        if (fill === 'zero') continue;
        source = reflected(source, height);
      }
      const offset = source * line - dx * channels;
      for (let i = first * channels; i < last * channels; i++) to[y * line + i] = from[offset + i] as number;
      if (fill === 'zero') continue;
      for (let x = 0; x < width; x++) {
        if (x >= first && x < last) continue;
        const mirrored = source * line + reflected(x - dx, width) * channels;
        for (let c = 0; c < channels; c++) to[y * line + x * channels + c] = from[mirrored + c] as number;
      }
    }
  };
}
