import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import { readCached, writeCached } from './cached-file.ts';

/** A file that data is read from. */
export interface DataFile {
  /** What it is called within the data set; a file that is all of it has no name. */
  readonly name: string;
  readonly path: string;
}

/**
 * SHA-256 over the names and contents of the files, in the order of their names, as 64 hexadecimal digits. It is kept in
 * the cache by path, size and time of change of each file, so that files are read again only if they changed.
 *
 * @throws DatasetError where a file can't be read.
 */
export async function contentHash(files: readonly DataFile[], cache: string): Promise<string> {
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const states = createHash('sha256');
  for (const { name, path } of sorted) states.update(JSON.stringify([name, path, ...stateOf(path)]));
  const kept = join(cache, 'hashes', `${states.digest('hex')}.txt`);
  const known = await readCached(kept);
  const text = known === null ? '' : new TextDecoder().decode(known);
  if (/^[0-9a-f]{64}$/.test(text)) return text;

  const all = createHash('sha256');
  for (const { name, path } of sorted) all.update(JSON.stringify([name, await hashFile(path)]));
  const hash = all.digest('hex');
  await writeCached(kept, [new TextEncoder().encode(hash)]);
  return hash;
}

function stateOf(path: string): [size: string, changed: string] {
  try {
    const { size, mtimeNs } = statSync(path, { bigint: true });
    return [String(size), String(mtimeNs)];
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk as Uint8Array);
  } catch (error) {
    throw unreadable(path, error);
  }
  return hash.digest('hex');
}

/** The error for a file that the system won't give. */
export function unreadable(path: string, error: unknown, next = ''): DatasetError {
  const { code } = error as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'is not there' : `can't be read (${code ?? String(error)})`;
  return new DatasetError(`${path}: the file ${why}.${next === '' ? '' : ` ${next}`}`, { cause: error });
}
