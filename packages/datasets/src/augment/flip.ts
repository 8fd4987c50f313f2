import { type Augmentation, between, type ImageShape } from './augmentation.ts';

/** Mirrors the image left to right with `probability`, above 0 to 1. */
export function flip([height, width, channels]: ImageShape, { probability }: { probability: number }): Augmentation {
  return (from, to, words) => {
    if (between(0, 1, words[0] as number) >= probability) {
      to.set(from);
      return;
    }
    for (let y = 0; y < height; y++) {
      const line = y * width * channels;
      for (let x = 0; x < width; x++) {
        const target = line + x * channels;
        const source = line + (width - 1 - x) * channels;
        for (let c = 0; c < channels; c++) to[target + c] = from[source + c] as number;
      }
    }
  };
}
