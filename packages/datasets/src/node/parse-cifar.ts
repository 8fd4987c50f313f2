import type { RawImages } from '../dataset.ts';
import { DatasetError } from '../dataset-error.ts';

const PIXELS = 32 * 32;

/** How the records of a binary batch begin. */
export interface CifarLabels {
  /** Label bytes before the pixels: 1 of CIFAR-10; 2 of CIFAR-100, the coarse and the fine one. */
  readonly bytes: 1 | 2;
  /** Which of them is taken. */
  readonly index: 0 | 1;
  readonly classes: number;
}

/**
 * Reads a batch of the binary version of CIFAR: records of the labels, then 32 × 32 red, green and blue bytes, each
 * row-major. The pixels come out interleaved.
 *
 * @param file Its name, for errors.
 * @throws DatasetError where the bytes are not whole records, or a label is none.
 * @see https://www.cs.toronto.edu/~kriz/cifar.html
 */
export function parseCifar(batch: Uint8Array, file: string, labels: CifarLabels): RawImages {
  const record = labels.bytes + 3 * PIXELS;
  const count = batch.length / record;
  if (!Number.isInteger(count) || count === 0) {
    throw new DatasetError(
      `${file}: the batch must be records of ${record} bytes; it has ${batch.length}, which is ${Math.floor(count)} records and ${batch.length % record} bytes. Fetch it again.`,
    );
  }
  const raw = { images: new Uint8Array(count * 3 * PIXELS), labels: new Uint8Array(count) };
  for (let i = 0; i < count; i++) {
    const label = batch[i * record + labels.index] as number;
    if (label >= labels.classes) {
      throw new DatasetError(
        `${file}: label ${i} must be from 0 to ${labels.classes - 1}; found ${label}. Fetch it again.`,
      );
    }
    raw.labels[i] = label;
    const from = i * record + labels.bytes;
    const to = i * 3 * PIXELS;
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      raw.images[to + 3 * pixel] = batch[from + pixel] as number;
      raw.images[to + 3 * pixel + 1] = batch[from + PIXELS + pixel] as number;
      raw.images[to + 3 * pixel + 2] = batch[from + 2 * PIXELS + pixel] as number;
    }
  }
  return raw;
}
