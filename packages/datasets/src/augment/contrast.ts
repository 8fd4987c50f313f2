import { type Augmentation, between, type ImageShape, toByte } from './augmentation.ts';

/**
 * `y = mean + (x − mean) × f`, with one `f` in [1 − amount, 1 + amount) for the image and the mean of each of its
 * channels; `y` is cut off at black and white.
 *
 * @param amount above 0 to 1
 * @see Keras' `RandomContrast`
 */
export function contrast([, , channels]: ImageShape, { amount }: { amount: number }): Augmentation {
  return (from, to, words) => {
    const factor = between(1 - amount, 1 + amount, words[0] as number);
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let i = c; i < from.length; i += channels) sum += from[i] as number;
      const mean = (sum * channels) / from.length;
      for (let i = c; i < from.length; i += channels) to[i] = toByte(mean + ((from[i] as number) - mean) * factor);
    }
  };
}
