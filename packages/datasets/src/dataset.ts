import { augmenter, type ReadDraw } from './augment/augmenter.ts';
import { DatasetError } from './dataset-error.ts';
import { type Normalization, normalizationTable } from './normalization.ts';
import type { Augment } from './schema/augmentations.ts';
import type { DatasetFacts } from './schema/dataset-facts.ts';

/**
 * Labelled examples that can be read in any order: what `@ablate/training` trains on. Values are final: normalized.
 */
export interface Examples {
  readonly count: number;
  /** Shape of one example, for instance [28, 28, 1]. */
  readonly shape: readonly number[];
  readonly classes: number;
  /**
   * Row i of `x` (flat, row-major) and of `labels` is example `indices[i]`.
   *
   * @param draw Given for steps of training: what is augmented comes augmented by it. Without it, as it is.
   * @throws RangeError for an index that is no whole number from 0 to count − 1.
   */
  read(indices: ArrayLike<number>, draw?: ReadDraw): { x: Float32Array; labels: Int32Array };
}

/** Images as stored: one byte a value, row-major [count, height, width, channels], and a label for each. */
export interface RawImages {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

/** A part of a data set. Read it, or take `images` and `labels` as they are. */
export interface Split extends Examples, RawImages {
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly normalization: Normalization;
  /** What `read` does to images where a draw is given; empty in parts that are not trained on. */
  readonly augment: Augment;
}

/** A data set in its parts, ready to train on. `counts` are the parts' own. */
export interface Dataset extends DatasetFacts {
  /** For each channel, of pixels from 0 to 1. */
  readonly normalization: Normalization;
  readonly train: Split;
  /** Null where none was asked for. */
  readonly validation: Split | null;
  readonly test: Split;
}

/**
 * Examples from raw images. All that they hold can be sent to another thread, and put together there by this function.
 *
 * @throws DatasetError unless images, labels and normalization have the sizes that `shape` and `classes` ask for.
 */
export function imageSplit(
  raw: RawImages,
  about: Pick<Split, 'shape' | 'classes' | 'normalization'> & Partial<Pick<Split, 'augment'>>,
): Split {
  const { images, labels } = raw;
  const { shape, classes, normalization, augment = [] } = about;
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const count = labels.length;
  if (images.length !== count * size) {
    throw new DatasetError(
      `imageSplit: images must have ${count} × ${size} values for ${count} labels; received ${images.length}.`,
    );
  }
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new DatasetError(`imageSplit: label ${wrong} must be from 0 to ${classes - 1}; received ${labels[wrong]}.`);
  }
  const table = normalizationTable(normalization, channels);
  const augmented = augmenter(augment, { shape, normalization });
  const read = (indices: ArrayLike<number>, draw?: ReadDraw) => {
    const x = new Float32Array(indices.length * size);
    const picked = new Int32Array(indices.length);
    for (let row = 0; row < indices.length; row++) {
      const index = indices[row] as number;
      if (!(Number.isInteger(index) && index >= 0 && index < count)) {
        throw new RangeError(`read: indices must be whole numbers from 0 to ${count - 1}; received ${index}.`);
      }
      picked[row] = labels[index] as number;
      if (draw === undefined || augmented === null) {
        normalizeInto(x, row * size, images, index * size, size, table, channels);
      } else {
        const image = images.subarray(index * size, (index + 1) * size);
        normalizeInto(x, row * size, augmented(image, index, draw), 0, size, table, channels);
      }
    }
    return { x, labels: picked };
  };
  return { count, shape, classes, normalization, augment, images, labels, read };
}

/** The examples at `indices`, in that order, copied. */
export function subset(split: Split, indices: ArrayLike<number>): Split {
  const wrong = Array.from(indices).find((index) => !(Number.isInteger(index) && index >= 0 && index < split.count));
  if (wrong !== undefined) {
    throw new RangeError(`subset: indices must be whole numbers from 0 to ${split.count - 1}; received ${wrong}.`);
  }
  return imageSplit(pick(split, indices), split);
}

/** Copies some images and their labels. */
export function pick({ images, labels }: RawImages, indices: ArrayLike<number>): RawImages {
  const size = labels.length === 0 ? 0 : images.length / labels.length;
  const picked = { images: new Uint8Array(indices.length * size), labels: new Uint8Array(indices.length) };
  for (let row = 0; row < indices.length; row++) {
    const index = indices[row] as number;
    picked.images.set(images.subarray(index * size, (index + 1) * size), row * size);
    picked.labels[row] = labels[index] as number;
  }
  return picked;
}

/** out[to + i] = table[channel][images[from + i]]; the channel is the last axis. */
function normalizeInto(
  out: Float32Array,
  to: number,
  images: Uint8Array,
  from: number,
  size: number,
  table: Float32Array,
  channels: number,
): void {
  if (channels === 1) {
    for (let i = 0; i < size; i++) out[to + i] = table[images[from + i] as number] as number;
    return;
  }
  for (let i = 0; i < size; i += channels) {
    for (let c = 0; c < channels; c++) {
      out[to + i + c] = table[c * 256 + (images[from + i + c] as number)] as number;
    }
  }
}
