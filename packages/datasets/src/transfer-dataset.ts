import { type Dataset, imageSplit, type RawImages } from './dataset.ts';
import type { Normalization } from './normalization.ts';
import type { Augment } from './schema/augmentations.ts';
import type { DatasetFacts } from './schema/dataset-facts.ts';

/** Images and labels in memory that threads share: posting them copies nothing. */
export interface SharedImages extends RawImages {
  readonly images: Uint8Array<SharedArrayBuffer>;
  readonly labels: Uint8Array<SharedArrayBuffer>;
}

/** A data set as plain data, for `postMessage` or `workerData`; {@link receiveDataset} puts it together again. */
export interface DatasetTransfer {
  readonly facts: DatasetFacts;
  readonly normalization: Normalization;
  /** Of the training part. */
  readonly augment: Augment;
  readonly train: SharedImages;
  readonly validation: SharedImages | null;
  readonly test: SharedImages;
}

/**
 * What another thread needs to read the data set. Pixels and labels are copied once into shared memory, or not at all
 * where they lie there already: a received data set is passed on as it is. In a browser, the page must be cross-origin
 * isolated to have shared memory.
 */
export function transferDataset(dataset: Dataset): DatasetTransfer {
  const { name, classes, classNames, inputShape, counts, normalization, train, validation, test } = dataset;
  return {
    facts: { name, classes, classNames, inputShape, counts },
    normalization,
    augment: train.augment,
    train: shareImages(train),
    validation: validation === null ? null : shareImages(validation),
    test: shareImages(test),
  };
}

/** The data set that was transferred: `read` gives the same values. Its bytes are the sender's: don't write to them. */
export function receiveDataset({ facts, normalization, augment, train, validation, test }: DatasetTransfer): Dataset {
  const about = { shape: facts.inputShape, classes: facts.classes, normalization };
  return {
    ...facts,
    normalization,
    train: imageSplit(train, { ...about, augment }),
    validation: validation === null ? null : imageSplit(validation, about),
    test: imageSplit(test, about),
  };
}

function shareImages({ images, labels }: RawImages): SharedImages {
  return { images: share(images), labels: share(labels) };
}

function share(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  if (!(buffer instanceof ArrayBuffer)) return new Uint8Array(buffer, byteOffset, byteLength);
  const shared = new Uint8Array(new SharedArrayBuffer(byteLength));
  shared.set(bytes);
  return shared;
}
