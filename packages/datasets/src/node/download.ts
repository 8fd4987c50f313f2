import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { pipeline } from 'node:stream/promises';
import { DatasetError } from '../dataset-error.ts';
import type { DataPlaces } from './data-options.ts';
import type { Published } from './published.ts';

/**
 * Fetches the files of a data set into `folder`, each whole and of the published MD5, or not at all.
 *
 * @throws DatasetError that names the address, and what can be done.
 */
export async function download(
  name: string,
  { address, files }: Published,
  folder: string,
  { mirror = process.env.ABLATE_MIRROR, onProgress }: Pick<DataPlaces, 'mirror' | 'onProgress'>,
): Promise<void> {
  const base = mirror === undefined || mirror === '' ? address : mirror;
  for (const [file, md5] of Object.entries(files)) {
    const url = `${base.replace(/\/$/, '')}/${file}`;
    const unfinished = join(folder, `${file}.${process.pid}.tmp`);
    try {
      await mkdir(folder, { recursive: true });
      const found = await fetchTo(unfinished, url, (done, total) => onProgress?.({ stage: 'download', done, total }));
      if (found !== md5) {
        throw new Error(`its MD5 must be ${md5}; it is ${found}`);
      }
      await rename(unfinished, join(folder, file));
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined);
      throw new DatasetError(
        `${name}: ${url} can't be fetched (${reason(error)}). Fetch it by other means, and name its folder with path.`,
        { cause: error },
      );
    }
  }
}

/** @returns The MD5 of what was written. */
async function fetchTo(file: string, url: string, progress: (done: number, total: number) => void): Promise<string> {
  const response = await fetch(url);
  if (!response.ok || response.body === null) {
    throw new Error(`the server answers ${response.status} ${response.statusText}`.trim());
  }
  const total = Number(response.headers.get('content-length') ?? 0);
  const hash = createHash('md5');
  let done = 0;
  const reader = response.body.getReader();
  const chunks = async function* () {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      hash.update(read.value);
      done += read.value.length;
      progress(done, total);
      yield read.value;
    }
  };
  await pipeline(chunks, createWriteStream(file));
  return hash.digest('hex');
}

/** What `fetch` says of a failed connection stands in its cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
