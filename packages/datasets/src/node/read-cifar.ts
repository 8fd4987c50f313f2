import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RawImages } from '../dataset.ts';
import { DatasetError } from '../dataset-error.ts';
import { cifar10Facts, cifar100Facts } from '../schema/cifar.ts';
import type { DatasetSpec } from '../schema/dataset-schema.ts';
import { cacheFolder } from './cache-folder.ts';
import { sortClassFolders } from './class-folders.ts';
import { contentHash, type DataFile, unreadable } from './content-hash.ts';
import type { DataPlaces } from './data-options.ts';
import { decodeImages } from './decode-images.ts';
import { cachedParts, type DecodedParts } from './decoded-cache.ts';
import { type CifarLabels, parseCifar } from './parse-cifar.ts';
import { readArchive } from './read-archive.ts';

export type CifarSpec = Extract<DatasetSpec, { name: 'cifar10' | 'cifar100' }>;

/** One archive, or a folder with its files. */
export type CifarPlace = { readonly archive: string } | { readonly folder: string; readonly names: readonly string[] };

/** The files of the binary version. */
export const batches = {
  cifar10: { train: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`), test: ['test_batch.bin'] },
  cifar100: { train: ['train.bin'], test: ['test.bin'] },
};

/** What is at a place, however many images there are. */
export async function readCifar(place: CifarPlace, spec: CifarSpec, options: DataPlaces): Promise<DecodedParts> {
  const { name } = spec;
  if ('folder' in place && place.names.includes(batches[name].test[0] ?? '')) {
    const files = new Map<string, Uint8Array>();
    for (const file of place.names) files.set(file, await readWhole(join(place.folder, file)));
    return readBatches(files, place.folder, spec);
  }
  const cache = options.cache ?? cacheFolder();
  const about = [await contentHash(filesOf(place), cache), name === 'cifar100' ? spec.labels : 'fine'];
  return cachedParts(cache, name, about, async () => {
    if ('folder' in place) return decode(place, spec, options);
    const { archive } = place;
    const files = await readArchive(archive);
    const batch = [...files.keys()].find((file) => basename(file) === batches[name].test[0]);
    if (batch === undefined) return decodeArchive(files, archive, spec, options);
    const named = new Map([...files].map(([file, bytes]) => [basename(file), bytes]));
    return readBatches(named, archive, spec);
  });
}

function readBatches(files: ReadonlyMap<string, Uint8Array>, where: string, spec: CifarSpec): DecodedParts {
  const labels: CifarLabels = {
    bytes: spec.name === 'cifar10' ? 1 : 2,
    index: spec.name === 'cifar100' && spec.labels === 'fine' ? 1 : 0,
    classes: cifarFacts(spec).classNames.length,
  };
  const part = (names: readonly string[]) =>
    concatenate(
      names.map((name) => {
        const bytes = files.get(name);
        if (bytes === undefined) throw new DatasetError(`${where}: ${name} must be there; it is not. Fetch it again.`);
        return parseCifar(bytes, `${where}: ${name}`, labels);
      }),
    );
  return { train: part(batches[spec.name].train), test: part(batches[spec.name].test) };
}

function decodeArchive(files: Map<string, Uint8Array>, archive: string, spec: CifarSpec, options: DataPlaces) {
  const names = [...files.keys()];
  if (names.some((name) => /(^|\/)(data_batch_1|test_batch|test)(\.mat)?$/.test(name))) {
    throw new DatasetError(
      `${archive}: the archive must be the binary version of ${spec.name}; it is the one for Python or Matlab. Get the binary version.`,
    );
  }
  // An archive may hold the folder that holds them.
  const inside = names.every((name) => /^[^/]+\/(train|test)\//.test(name) && !/^(train|test)\//.test(name));
  const sources = new Map(
    [...files].map(([name, bytes]) => [inside ? name.slice(name.indexOf('/') + 1) : name, bytes]),
  );
  const source = (name: string) => sources.get(name) ?? new Uint8Array();
  return decodeFolders([...sources.keys()], source, archive, spec, options);
}

function decode({ folder, names }: Extract<CifarPlace, { folder: string }>, spec: CifarSpec, options: DataPlaces) {
  return decodeFolders(names, (name) => join(folder, name), folder, spec, options);
}

async function decodeFolders(
  names: readonly string[],
  source: (name: string) => string | Uint8Array,
  where: string,
  spec: CifarSpec,
  { onProgress }: DataPlaces,
): Promise<DecodedParts> {
  const { classNames, train, test } = sortClassFolders(names, where);
  const expected: readonly string[] = cifarFacts(spec).classNames;
  const wrong =
    classNames.find((name) => !expected.includes(name)) ?? expected.find((name) => !classNames.includes(name));
  if (wrong !== undefined || test === null) {
    throw new DatasetError(
      `${where}: train and test must have a folder for each class of ${spec.name} (${expected.slice(0, 3).join(', ')}, …); ${wrong === undefined ? 'they are not there' : `"${wrong}" is ${classNames.includes(wrong) ? 'none' : 'missing'}`}.`,
    );
  }
  const files = [...train, ...test];
  const pixels = await decodeImages(
    files.map(({ name }) => ({ name, source: source(name) })),
    {
      shape: cifarFacts(spec).inputShape,
      fit: null,
      who: `${spec.name} in ${where}`,
      onDone: (done) => onProgress?.({ stage: 'decode', done, total: files.length }),
    },
  );
  // Class names are sorted in both, so labels are those of the facts.
  const labels = Uint8Array.from(files, ({ label }) => label);
  const border = train.length * (pixels.length / files.length);
  return {
    train: { images: pixels.subarray(0, border), labels: labels.subarray(0, train.length) },
    test: { images: pixels.subarray(border), labels: labels.subarray(train.length) },
  };
}

function concatenate(parts: readonly RawImages[]): RawImages {
  const join = (arrays: readonly Uint8Array[]) => {
    const joined = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const array of arrays) {
      joined.set(array, at);
      at += array.length;
    }
    return joined;
  };
  return { images: join(parts.map(({ images }) => images)), labels: join(parts.map(({ labels }) => labels)) };
}

async function readWhole(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw unreadable(file, error, 'Fetch it again.');
  }
}

/** The files at a place. */
export function filesOf(place: CifarPlace): DataFile[] {
  if ('archive' in place) return [{ name: '', path: place.archive }];
  return place.names.map((name) => ({ name, path: join(place.folder, name) }));
}

/** What is known of the data set unread. */
export function cifarFacts(spec: CifarSpec) {
  return spec.name === 'cifar10' ? cifar10Facts : cifar100Facts[spec.labels];
}
