import { type Augmentation, between, toByte } from './augmentation.ts';

/**
 * `y = x × f`, with one `f` in [1 − amount, 1 + amount) for the image; `y` is cut off at black and white.
 *
 * @param amount above 0 to 1
 * @see torchvision's `ColorJitter`
 */
export function brightness({ amount }: { amount: number }): Augmentation {
  return (from, to, words) => {
    const factor = between(1 - amount, 1 + amount, words[0] as number);
    for (let i = 0; i < from.length; i++) to[i] = toByte((from[i] as number) * factor);
  };
}
