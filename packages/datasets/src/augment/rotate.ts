import { type Augmentation, between, type ImageShape, reflected, toByte } from './augmentation.ts';

/**
 * Turns the image about its centre by −`degrees` to `degrees` (clockwise), each pixel interpolated bilinearly between the four
 * around the place that it comes from, to the nearest byte.
 *
 * @param fill What lies outside the image: `zero` is black, `reflect` the image mirrored at its edge, not repeated.
 */
export function rotate(
  [height, width, channels]: ImageShape,
  { degrees, fill }: { degrees: number; fill: 'zero' | 'reflect' },
): Augmentation {
  const centerY = (height - 1) / 2;
  const centerX = (width - 1) / 2;
  /** Where a pixel starts, or −1 where it is black. */
  const place = (y: number, x: number): number => {
    if (y >= 0 && y < height && x >= 0 && x < width) return (y * width + x) * channels;
    return fill === 'zero' ? -1 : (reflected(y, height) * width + reflected(x, width)) * channels;
  };
  const value = (image: Uint8Array, at: number, channel: number) => (at < 0 ? 0 : (image[at + channel] as number));

  return (from, to, words) => {
    const angle = (between(-degrees, degrees, words[0] as number) * Math.PI) / 180;
    const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const sourceY = centerY + cos * (y - centerY) - sin * (x - centerX);
        const sourceX = centerX + sin * (y - centerY) + cos * (x - centerX);
        const top = Math.floor(sourceY);
        const left = Math.floor(sourceX);
        const [down, right] = [sourceY - top, sourceX - left];
        const at00 = place(top, left);
        const at01 = place(top, left + 1);
        const at10 = place(top + 1, left);
        const at11 = place(top + 1, left + 1);
        const target = (y * width + x) * channels;
        for (let c = 0; c < channels; c++) {
          const upper = (1 - right) * value(from, at00, c) + right * value(from, at01, c);
          const lower = (1 - right) * value(from, at10, c) + right * value(from, at11, c);
          to[target + c] = toByte((1 - down) * upper + down * lower);
        }
      }
    }
  };
}
