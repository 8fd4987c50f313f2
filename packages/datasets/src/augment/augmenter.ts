import { philox4x32, type StreamKey, streamKey } from '@ablate/random';
import type { Normalization } from '../normalization.ts';
import type { Augment, NamedAugmentation } from '../schema/augmentations.ts';
import { namedAugmentations } from '../schema/augmentations.ts';
import { type Augmentation, type ImageShape, toByte } from './augmentation.ts';
import { brightness } from './brightness.ts';
import { contrast } from './contrast.ts';
import { cutout } from './cutout.ts';
import { flip } from './flip.ts';
import { rotate } from './rotate.ts';
import { translate } from './translate.ts';

/** Decides what augmentation draws for an example: equal draws give equal values, whatever is read beside it. */
export interface ReadDraw {
  /** Of the run: a safe integer ≥ 0. */
  seed: number;
  /** A whole number from 0 to 2³² − 1. */
  epoch: number;
}

/** The image at `index`, augmented. The bytes are overwritten by the next call. */
export type Augmenter = (image: Uint8Array, index: number, draw: ReadDraw) => Uint8Array;

/**
 * Applies a data set's `augment`, in its order. The first `shift` of the list draws from the stream
 * `data/augment/shift/0`, the second from `data/augment/shift/1`; its four words for an example are
 * `Philox(key of seed and stream, counter = [index, 0, 0, epoch])`. So what is drawn depends on seed, epoch and index
 * alone, and another augmentation in the list changes no draw of this one.
 *
 * @returns Null where there is nothing to do.
 */
export function augmenter(
  augment: Augment,
  { shape, normalization }: { shape: ImageShape; normalization: Normalization },
): Augmenter | null {
  if (augment.length === 0) return null;
  const named = namedAugmentations(augment);
  const steps = named.map((entry) => augmentation(entry, shape, normalization));
  const streams = named.map(({ name }, index) => {
    const before = named.slice(0, index).filter((other) => other.name === name).length;
    return `data/augment/${name}/${before}`;
  });
  const size = shape[0] * shape[1] * shape[2];
  const words = new Uint32Array(4);
  const pair = [new Uint8Array(size), new Uint8Array(size)] as const;
  let keys: StreamKey[] = [];
  let seedOfKeys = -1;

  return (image, index, { seed, epoch }) => {
    if (!(Number.isInteger(epoch) && epoch >= 0 && epoch < 2 ** 32)) {
      throw new RangeError(`read: epoch must be a whole number from 0 to 2^32 − 1; received ${epoch}.`);
    }
    if (seed !== seedOfKeys) {
      keys = streams.map((stream) => streamKey(seed, stream));
      seedOfKeys = seed;
    }
    let from = image;
    for (let step = 0; step < steps.length; step++) {
      const to = pair[step % 2] as Uint8Array;
      philox4x32(keys[step] as StreamKey, index, 0, 0, epoch, words);
      (steps[step] as Augmentation)(from, to, words);
      from = to;
    }
    return from;
  };
}

function augmentation(entry: NamedAugmentation, shape: ImageShape, { mean }: Normalization): Augmentation {
  switch (entry.name) {
    case 'shift':
      return translate(shape, { distance: entry.pixels, fill: entry.fill });
    case 'crop':
      return translate(shape, { distance: entry.padding, fill: entry.fill });
    case 'flip':
      return flip(shape, entry);
    case 'rotate':
      return rotate(shape, entry);
    case 'cutout':
      return cutout(shape, { size: entry.size, color: mean.map((value) => toByte(255 * value)) });
    case 'brightness':
      return brightness(entry);
    case 'contrast':
      return contrast(shape, entry);
  }
}
