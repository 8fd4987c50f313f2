import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';
import { threadId } from 'node:worker_threads';

/** Node reads and writes less than 2 GiB at once. */
const CHUNK = 2 ** 29;

let written = 0;
let warned = false;

/** The bytes of a file of the cache; null where there is none that can be read. */
export async function readCached(file: string): Promise<Uint8Array | null> {
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const bytes = new Uint8Array(size);
      let at = 0;
      while (at < size) {
        const { bytesRead } = await handle.read(bytes, at, Math.min(CHUNK, size - at), at);
        if (bytesRead === 0) return null;
        at += bytesRead;
      }
      return bytes;
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}

/**
 * Writes a file of the cache, whole or not at all: two processes that write the same file leave that of the last. Where
 * the cache can't be written, the process warns once, and what was to be kept is made again next time.
 */
export async function writeCached(file: string, parts: readonly Uint8Array[]): Promise<void> {
  const unfinished = `${file}.${process.pid}-${threadId}-${written++}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeParts(unfinished, parts);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    warnOnce(dirname(file), error);
  }
}

async function writeParts(file: string, parts: readonly Uint8Array[]): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    for (const part of parts) {
      let at = 0;
      while (at < part.length) {
        const { bytesWritten } = await handle.write(part, at, Math.min(CHUNK, part.length - at));
        at += bytesWritten;
      }
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function warnOnce(folder: string, error: unknown): void {
  if (warned) return;
  warned = true;
  const { code } = error as NodeJS.ErrnoException;
  process.emitWarning(
    `the cache can't be written in ${folder} (${code ?? String(error)}): data is decoded again at each start. Set ABLATE_CACHE to a folder that can be.`,
    'AblateWarning',
  );
}
