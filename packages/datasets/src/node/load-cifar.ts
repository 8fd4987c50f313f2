import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import type { RawDataset } from '../make-dataset.ts';
import { isFolder, listFiles } from './class-folders.ts';
import type { DataFile } from './content-hash.ts';
import type { DataPlaces } from './data-options.ts';
import type { DecodedParts } from './decoded-cache.ts';
import { findData } from './find-data.ts';
import { batches, type CifarPlace, type CifarSpec, cifarFacts, filesOf, readCifar } from './read-cifar.ts';

const extracted = { cifar10: 'cifar-10-batches-bin', cifar100: 'cifar-100-binary' };
const archives = { cifar10: /^cifar-?10[-_.].*(tar|tgz|tar\.gz)$/i, cifar100: /^cifar-?100[-_.].*(tar|tgz|tar\.gz)$/i };
const anyArchive = /\.(tar|tgz|tar\.gz)$/i;

/**
 * CIFAR-10 or CIFAR-100, from the binary version of its authors (the archive, or the folder that it holds), or from
 * images in `train/<class>` and `test/<class>` (a folder, or an archive of it). What an archive or images hold is kept
 * decoded in the cache.
 *
 * @throws DatasetError naming the file where one is missing or broken, or the places where it was looked for.
 */
export async function loadCifar(spec: CifarSpec, options: DataPlaces = {}): Promise<RawDataset> {
  const place = await findCifar(spec, options);
  const { classNames, inputShape } = cifarFacts(spec);
  const where = 'archive' in place ? place.archive : place.folder;
  const { train, test } = requireWhole(await readCifar(place, spec, options), where, spec);
  return { name: spec.name, classNames, inputShape, train, test };
}

/** The files that hold CIFAR. @throws DatasetError that lists every place tried. */
export async function cifarFiles(spec: CifarSpec, options: DataPlaces = {}): Promise<DataFile[]> {
  return filesOf(await findCifar(spec, options));
}

function findCifar(spec: CifarSpec, options: DataPlaces): Promise<CifarPlace> {
  const { name } = spec;
  return findData<CifarPlace>(
    spec,
    {
      what: `its binary archive, or train and test folders,`,
      archives: archives[name],
      look: (at) => lookForCifar(name, at),
    },
    options,
  );
}

/** What is at a path; null where it is nothing of the kind. */
export function lookForCifar(name: CifarSpec['name'], path: string): CifarPlace | null {
  if (!isFolder(path)) return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? { archive: path } : null;
  const binary = [path, join(path, extracted[name])].find((folder) =>
    existsSync(join(folder, batches[name].test[0] ?? '')),
  );
  if (binary !== undefined) return { folder: binary, names: Object.values(batches[name]).flat() };
  if (isFolder(join(path, 'train')) && isFolder(join(path, 'test'))) {
    const names = ['train', 'test'].flatMap((part) => listFiles(path, part));
    return { folder: path, names };
  }
  const inside = readdirSync(path)
    .filter((file) => anyArchive.test(file))
    .sort();
  if (inside.length > 1) {
    throw new DatasetError(
      `${name}: ${path} must hold one archive; it holds ${inside.join(', ')}. Name the right one with path.`,
    );
  }
  return inside[0] === undefined ? null : { archive: join(path, inside[0]) };
}

/** @throws DatasetError unless there are as many images as were published. */
function requireWhole(parts: DecodedParts, where: string, spec: CifarSpec): DecodedParts {
  const { available } = cifarFacts(spec);
  for (const part of ['train', 'test'] as const) {
    const found = parts[part].labels.length;
    if (found !== available[part]) {
      throw new DatasetError(
        `${where}: ${spec.name} has ${available[part]} ${part} images; found ${found}. Fetch it again; use limit for fewer.`,
      );
    }
  }
  return parts;
}
