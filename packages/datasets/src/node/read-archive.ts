import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { DatasetError } from '../dataset-error.ts';
import { unreadable } from './content-hash.ts';

/**
 * The files of a `.tar` or `.tar.gz` archive by their names, whole in memory.
 *
 * @throws DatasetError naming the archive where it is something else, cut off or broken.
 */
export async function readArchive(file: string): Promise<Map<string, Uint8Array>> {
  const packed = await isGzip(file);
  const source = createReadStream(file);
  const unpacked = packed ? source.pipe(createGunzip()) : source;
  const entries = extract();
  source.on('error', (error: Error) => entries.destroy(error));
  unpacked.on('error', (error: Error) => entries.destroy(error));
  unpacked.pipe(entries);
  const files = new Map<string, Uint8Array>();
  try {
    for await (const entry of entries) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) chunks.push(chunk as Uint8Array);
      if (entry.header.type === 'file') files.set(entry.header.name.replace(/^\.\//, ''), Buffer.concat(chunks));
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DatasetError(`${file}: the archive must be whole; it is cut off or broken (${why}). Fetch it again.`, {
      cause: error,
    });
  } finally {
    source.destroy();
  }
  return files;
}

/** @throws DatasetError unless the file begins as a gzip file or a tar archive does. */
async function isGzip(file: string): Promise<boolean> {
  const start = Buffer.alloc(512);
  try {
    const handle = await open(file);
    try {
      await handle.read(start, 0, start.length, 0);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  if (start[0] === 0x1f && start[1] === 0x8b) return true;
  if (start.toString('latin1', 257, 262) === 'ustar') return false;
  const zip = start.toString('latin1', 0, 2) === 'PK' ? ', as a zip file does' : '';
  throw new DatasetError(
    `${file}: the file must be a .tar or .tar.gz archive; it begins with 0x${start.toString('hex', 0, 4)}${zip}.`,
  );
}
