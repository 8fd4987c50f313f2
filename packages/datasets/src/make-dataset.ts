import { randomStream } from '@ablate/random';
import { type Dataset, imageSplit, pick, type RawImages, type Split } from './dataset.ts';
import { DatasetError } from './dataset-error.ts';
import { resolveNormalization } from './normalization.ts';
import { checkDataset, type DatasetFacts, datasetFacts, divide } from './schema/dataset-facts.ts';
import type { DatasetSpec } from './schema/dataset-schema.ts';
import type { ImageListing } from './schema/image-folder.ts';
import { takeStratified } from './stratified.ts';

/** A data set as it comes: all training and all test images. */
export interface RawDataset extends Pick<DatasetFacts, 'name' | 'classNames' | 'inputShape'> {
  readonly train: RawImages;
  readonly test: RawImages;
}

export interface DatasetSeed {
  /**
   * Decides what `limit` and `split` take, and what `shapes` draws. It belongs to the data and not to the run: leave it
   * alone, and all seeds of a study share their parts. Default 0.
   */
  seed?: number;
}

/**
 * Applies `limit`, then `split`, then `normalize`; `augment` to what is read of the training part. The parts are disjoint, together all that the limit leaves, and hold
 * the classes in proportion; streams `data/limit/train`, `data/limit/test` and `data/split`.
 *
 * @throws DatasetError where the options don't fit the data.
 */
export function makeDataset(
  raw: RawDataset,
  spec: Pick<DatasetSpec, 'limit' | 'split' | 'normalize' | 'augment'>,
  { seed = 0 }: DatasetSeed = {},
): Dataset {
  const { name, classNames, inputShape } = raw;
  const classes = classNames.length;
  const counts = divide({ train: raw.train.labels.length, test: raw.test.labels.length }, spec);
  if (counts.train === 0 || counts.test === 0) {
    throw new DatasetError(
      `${name}: the training and the test part must have at least 1 example; they have ${counts.train} and ${counts.test}.`,
    );
  }
  const limited = limitTo(raw.train.labels, counts.train + counts.validation, seed, 'train');
  const { taken, rest } = takeStratified(
    raw.train.labels,
    limited,
    counts.validation,
    randomStream(seed, 'data/split'),
  );
  const training = part(raw.train, rest);
  const normalization = resolveNormalization(spec.normalize, training.images, inputShape[2]);
  const about = { shape: inputShape, classes, normalization };
  const split = (images: RawImages): Split => imageSplit(images, about);
  return {
    name,
    classes,
    classNames,
    inputShape,
    counts,
    normalization,
    train: imageSplit(training, { ...about, augment: spec.augment ?? [] }),
    validation: counts.validation === 0 ? null : split(part(raw.train, taken)),
    test: split(part(raw.test, limitTo(raw.test.labels, counts.test, seed, 'test'))),
  };
}

/** What the spec says is wrong with itself, as one error. @throws DatasetError */
export function requireUsable(spec: DatasetSpec, listing?: ImageListing): DatasetFacts {
  const problems = checkDataset(spec, listing);
  if (problems.length > 0) throw new DatasetError(problems.map(({ message }) => message).join('\n'));
  return datasetFacts(spec, listing);
}

function limitTo(labels: Uint8Array, count: number, seed: number, name: string): Uint32Array {
  const all = Uint32Array.from({ length: labels.length }, (_, i) => i);
  if (count === all.length) return all;
  return takeStratified(labels, all, count, randomStream(seed, `data/limit/${name}`)).taken;
}

/** Shares the bytes where nothing is left out. */
function part(raw: RawImages, indices: Uint32Array): RawImages {
  return indices.length === raw.labels.length ? raw : pick(raw, indices);
}
