/**
 * One way to vary an image: writes to all of `to` what becomes of the image in `from`, rows of pixels of interleaved
 * channels. What it draws, it draws from the four `words` of 32 random bits, so equal words give equal images.
 */
export type Augmentation = (from: Uint8Array, to: Uint8Array, words: Uint32Array) => void;

/** Height, width and channels of the images. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** A whole number from 0 to `bound` − 1, each as likely as the other to within `bound` in 2³². */
export function below(bound: number, word: number): number {
  return Math.floor((word * bound) / 2 ** 32);
}

/** Uniform in [low, high). */
export function between(low: number, high: number, word: number): number {
  return low + ((high - low) * word) / 2 ** 32;
}

/** A place outside of 0 … length − 1 mirrored into it, without repeating the edges: −1 is 1, `length` is `length` − 2. */
export function reflected(place: number, length: number): number {
  if (place >= 0 && place < length) return place;
  const period = Math.max(1, 2 * (length - 1));
  const within = ((place % period) + period) % period;
  return Math.min(within, period - within);
}

/** The nearest byte; below black is black, above white is white. */
export function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.floor(value + 0.5);
}
