import type { DatasetSpec } from '../schema/dataset-schema.ts';
import { cacheFolder } from './cache-folder.ts';
import { cifarFiles } from './load-cifar.ts';
import { contentHash, type DataFile } from './content-hash.ts';
import type { DataPlaces } from './data-options.ts';
import { imageFolderFiles } from './load-image-folder.ts';
import { findIdx } from './load-idx.ts';

/**
 * SHA-256 of the files that a spec reads, as 64 hexadecimal digits; null for data that is made where it runs. Kept by
 * path, size and time of change of each file: the second time, no file is read.
 *
 * @throws DatasetError that lists every place tried, where the data is in none and may not be fetched.
 */
export async function dataVersion(spec: DatasetSpec, options: DataPlaces = {}): Promise<string | null> {
  const files = await filesOf(spec, options);
  return files === null ? null : contentHash(files, options.cache ?? cacheFolder());
}

async function filesOf(spec: DatasetSpec, options: DataPlaces): Promise<DataFile[] | null> {
  switch (spec.name) {
    case 'mnist':
    case 'fashion-mnist':
      return findIdx(spec, options);
    case 'cifar10':
    case 'cifar100':
      return cifarFiles(spec, options);
    case 'image-folder':
      return imageFolderFiles(spec, options);
    case 'shapes':
      return null;
  }
}
