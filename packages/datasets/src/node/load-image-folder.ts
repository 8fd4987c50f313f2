import { constants } from 'node:buffer';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { randomStream } from '@ablate/random';
import { pick } from '../dataset.ts';
import { DatasetError } from '../dataset-error.ts';
import type { RawDataset } from '../make-dataset.ts';
import { type ImageFolderSpec, type ImageListing, imageFolderShape } from '../schema/image-folder.ts';
import { takeStratified } from '../stratified.ts';
import { cacheFolder } from './cache-folder.ts';
import { type ClassFolders, isFolder, listFiles, sortClassFolders } from './class-folders.ts';
import { contentHash, type DataFile } from './content-hash.ts';
import type { DataPlaces, LoadOptions } from './data-options.ts';
import { decodeImages } from './decode-images.ts';
import { cachedParts } from './decoded-cache.ts';

/** Part of all images that is kept for testing, where nothing is said. */
const TEST = 0.2;

/**
 * Classes and counts of a folder of images, from the names in it.
 *
 * @throws DatasetError where the folder is not there, or its files are not images in a folder for each class.
 */
export function listImages(spec: ImageFolderSpec, options: Pick<DataPlaces, 'base'> = {}): ImageListing {
  const { classNames, train, test } = sorted(spec, options);
  const tested = test === null ? Math.round(train.length * (spec.split.test ?? TEST)) : test.length;
  return { classNames, available: { train: test === null ? train.length - tested : train.length, test: tested } };
}

/** All images of the folder. @throws DatasetError as {@link listImages} does. */
export function imageFolderFiles(spec: ImageFolderSpec, options: Pick<DataPlaces, 'base'> = {}): DataFile[] {
  const { folder, train, test } = sorted(spec, options);
  return [...train, ...(test ?? [])].map(({ name }) => ({ name, path: join(folder, name) }));
}

/**
 * A folder of images, each decoded and resized, kept in the cache. Without `train` and `test` folders, the part
 * `split.test` is kept for testing, the classes in proportion (stream `data/test`).
 *
 * @throws DatasetError naming the images that can't be read.
 */
export async function loadImageFolder(spec: ImageFolderSpec, options: LoadOptions = {}): Promise<RawDataset> {
  const { folder, classNames, train, test } = sorted(spec, options);
  const inputShape = imageFolderShape(spec);
  const files = [...train, ...(test ?? [])];
  const size = inputShape[0] * inputShape[1] * inputShape[2];
  if (files.length * size > constants.MAX_LENGTH) {
    throw new DatasetError(
      `${folder}: ${files.length} images of ${inputShape.join(' × ')} must fit into ${constants.MAX_LENGTH} bytes; they have ${files.length * size}. Lower imageSize.`,
    );
  }
  const cache = options.cache ?? cacheFolder();
  const hash = await contentHash(imageFolderFiles(spec, options), cache);
  const { train: all, test: other } = await cachedParts(
    cache,
    'image-folder',
    [hash, inputShape, spec.fit],
    async () => {
      const images = await decodeImages(
        files.map(({ name }) => ({ name, source: join(folder, name) })),
        {
          shape: inputShape,
          fit: spec.fit,
          who: `image-folder ${folder}`,
          onDone: (done) => options.onProgress?.({ stage: 'decode', done, total: files.length }),
        },
      );
      const labels = Uint8Array.from(files, ({ label }) => label);
      return {
        train: { images: images.subarray(0, train.length * size), labels: labels.subarray(0, train.length) },
        test: { images: images.subarray(train.length * size), labels: labels.subarray(train.length) },
      };
    },
  );
  const about = { name: spec.name, classNames, inputShape };
  if (test !== null) return { ...about, train: all, test: other };
  const indices = Uint32Array.from({ length: all.labels.length }, (_, i) => i);
  const tested = Math.round(indices.length * (spec.split.test ?? TEST));
  const { taken, rest } = takeStratified(all.labels, indices, tested, randomStream(options.seed ?? 0, 'data/test'));
  return { ...about, train: pick(all, rest), test: pick(all, taken) };
}

function sorted(spec: ImageFolderSpec, { base }: Pick<DataPlaces, 'base'>): ClassFolders & { folder: string } {
  const folder = resolve(base ?? process.cwd(), spec.path);
  if (!isFolder(folder)) {
    throw new DatasetError(`image-folder: path must be a folder; there is none at ${folder}.`);
  }
  const folders = sortClassFolders(listFiles(folder), folder);
  if (folders.test !== null && spec.split.test !== undefined) {
    throw new DatasetError(
      `image-folder: split.test must be left out where there is a test folder, as in ${folder}; received ${spec.split.test}.`,
    );
  }
  return { folder, ...folders };
}
