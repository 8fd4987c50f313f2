import { type NamedAugmentation, namedAugmentations } from './augmentations.ts';
import { cifar10Facts, cifar100Facts } from './cifar.ts';
import type { DatasetSpec } from './dataset-schema.ts';
import { fashionMnistFacts } from './fashion-mnist.ts';
import { type ImageListing, imageFolderShape } from './image-folder.ts';
import { mnistFacts } from './mnist.ts';
import { shapeNames } from './shapes.ts';

/** How many examples each part has. */
export interface DatasetCounts {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** What is known of a data set before a pixel is read. */
export interface DatasetFacts {
  readonly name: string;
  readonly classes: number;
  /** By label. */
  readonly classNames: readonly string[];
  /** One image: [height, width, channels]. */
  readonly inputShape: readonly [height: number, width: number, channels: number];
  /** After `limit` and `split`. */
  readonly counts: DatasetCounts;
}

/** One thing wrong with a data set's options, and the path of keys to it. */
export interface DatasetProblem {
  path: (string | number)[];
  message: string;
}

/**
 * Classes, shape and counts of a data set, without its pixels. A part may come out empty: see {@link checkDataset}.
 *
 * @param listing What the folder of an `image-folder` holds. Without it, that has no classes and no examples.
 */
export function datasetFacts(spec: DatasetSpec, listing?: ImageListing): DatasetFacts {
  const { classNames, inputShape, available } = source(spec, listing);
  return {
    name: spec.name,
    classes: classNames.length,
    classNames,
    inputShape,
    counts: divide(available, spec),
  };
}

/**
 * Counts after `limit` and `split`. Of `n` training examples left by the limit, `round(n × validation)` become the
 * validation part.
 */
export function divide(
  available: { readonly train: number; readonly test: number },
  { limit, split }: Pick<DatasetSpec, 'limit' | 'split'>,
): DatasetCounts {
  const limits = typeof limit === 'number' ? { train: limit, test: limit } : (limit ?? {});
  const training = Math.min(available.train, limits.train ?? available.train);
  const validation = Math.round(training * split.validation);
  return { train: training - validation, validation, test: Math.min(available.test, limits.test ?? available.test) };
}

/**
 * What the schema alone can't see: parts without examples, normalization for another number of channels, augmentation
 * that leaves nothing of an image, and an image folder that was not listed.
 */
export function checkDataset(spec: DatasetSpec, listing?: ImageListing): DatasetProblem[] {
  if (spec.name === 'image-folder' && listing === undefined) {
    const message = `image-folder: the folder ${spec.path} must be listed to know its classes and counts; it was not.`;
    return [{ path: ['path'], message }];
  }
  const problems: DatasetProblem[] = [];
  const { counts, inputShape } = datasetFacts(spec, listing);
  const path = ['split', 'validation'];
  const { validation } = spec.split;
  const training = counts.train + counts.validation;
  if (counts.train === 0) {
    const message = `split: validation ${validation} of ${training} training examples must leave at least 1 to train on; it leaves 0. Lower it, or raise the limit.`;
    problems.push({ path, message });
  }
  if (validation > 0 && counts.validation === 0) {
    const message = `split: validation ${validation} of ${training} training examples must be at least 1; it rounds to 0. Raise it or the limit, or set it to 0.`;
    problems.push({ path, message });
  }
  if (typeof spec.normalize === 'object') {
    const channels = inputShape[2];
    for (const key of ['mean', 'std'] as const) {
      const value = spec.normalize[key];
      if (Array.isArray(value) && value.length !== channels) {
        const message = `normalize: ${key} must have one number for each channel (=${channels}) of ${spec.name}; received ${value.length}.`;
        problems.push({ path: ['normalize', key], message });
      }
    }
  }
  return [...problems, ...tooFar(spec, inputShape)];
}

/** Augmentations that would leave nothing of an image. */
function tooFar({ augment = [] }: DatasetSpec, [height, width]: DatasetFacts['inputShape']): DatasetProblem[] {
  return namedAugmentations(augment).flatMap((entry, index) => {
    const extent = extentOf(entry);
    if (extent === null || extent.pixels < Math.min(height, width)) return [];
    const { key, pixels } = extent;
    const message = `${entry.name}: ${key} must be below the images' height and width (${height} × ${width}); received ${pixels}.`;
    return [{ path: ['augment', index, entry.name, key], message }];
  });
}

function extentOf(entry: NamedAugmentation): { key: string; pixels: number } | null {
  switch (entry.name) {
    case 'shift':
      return { key: 'pixels', pixels: entry.pixels };
    case 'crop':
      return { key: 'padding', pixels: entry.padding };
    case 'cutout':
      return { key: 'size', pixels: entry.size };
    default:
      return null;
  }
}

function source(spec: DatasetSpec, listing: ImageListing = { classNames: [], available: { train: 0, test: 0 } }) {
  switch (spec.name) {
    case 'mnist':
      return mnistFacts;
    case 'fashion-mnist':
      return fashionMnistFacts;
    case 'cifar10':
      return cifar10Facts;
    case 'cifar100':
      return cifar100Facts[spec.labels];
    case 'image-folder':
      return { ...listing, inputShape: imageFolderShape(spec) };
    case 'shapes':
      return {
        classNames: shapeNames,
        inputShape: [spec.imageSize, spec.imageSize, 1] as const,
        available: spec.size,
      };
  }
}
