import { type Augmentation, below, type ImageShape } from './augmentation.ts';

/**
 * Covers a square of `size` × `size` pixels with one colour. Its centre is any pixel, equally likely, so the square may
 * lie over the edge in part; of an even size, the centre is the pixel below and right of the middle.
 *
 * @param color A byte for each channel. In the paper, inputs are set to zero: to the mean.
 * @see DeVries & Taylor 2017, https://arxiv.org/abs/1708.04552
 */
export function cutout(
  [height, width, channels]: ImageShape,
  { size, color }: { size: number; color: ArrayLike<number> },
): Augmentation {
  return (from, to, words) => {
    to.set(from);
    const top = below(height, words[0] as number) - Math.floor(size / 2);
    const left = below(width, words[1] as number) - Math.floor(size / 2);
    const bottom = Math.min(height, top + size);
    const right = Math.min(width, left + size);
    for (let y = Math.max(0, top); y < bottom; y++) {
      for (let x = Math.max(0, left); x < right; x++) {
        for (let c = 0; c < channels; c++) to[(y * width + x) * channels + c] = color[c] as number;
      }
    }
  };
}
