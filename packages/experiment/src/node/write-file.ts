import * as nodeFs from 'node:fs';
import { dirname } from 'node:path';

/** What is used of the file system: tests let it fail. */
export interface FileSystem
  extends Pick<
    typeof nodeFs,
    'closeSync' | 'fsyncSync' | 'mkdirSync' | 'openSync' | 'readFileSync' | 'renameSync' | 'rmSync'
  > {
  writeSync(file: number, bytes: Uint8Array, offset: number): number;
}

/**
 * Writes a file whole or not at all: a reader, or a crash, finds the old content or the new one. Makes its folder.
 *
 * @throws Error naming the file and what the system said, which is its cause.
 */
export function writeFileWhole(path: string, content: string | Uint8Array, fs: FileSystem = nodeFs): void {
  const partial = `${path}.partial-${process.pid}`;
  try {
    fs.mkdirSync(dirname(path), { recursive: true });
    writeSynced(partial, typeof content === 'string' ? new TextEncoder().encode(content) : content, fs);
    fs.renameSync(partial, path);
  } catch (cause) {
    fs.rmSync(partial, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `"${path}" can't be written: ${why}. What stood there is as it was. Make room, or choose another folder with --out, and run it again: what is done is kept.`,
      { cause },
    );
  }
}

/** Writes bytes to a file and waits until the disk has them. */
export function writeSynced(path: string, bytes: Uint8Array, fs: FileSystem = nodeFs): void {
  const file = fs.openSync(path, 'w');
  try {
    writeAll(file, bytes, fs);
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}

/** A write may take a part of the bytes. */
export function writeAll(file: number, bytes: Uint8Array, fs: Pick<FileSystem, 'writeSync'> = nodeFs): void {
  for (let done = 0; done < bytes.length; ) done += fs.writeSync(file, bytes, done);
}

/** Waits until the disk has the names of a folder's files. Windows has no such thing. */
export function syncFolder(path: string, fs: FileSystem = nodeFs): void {
  if (process.platform === 'win32') return;
  const folder = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(folder);
  } finally {
    fs.closeSync(folder);
  }
}

/** JSON as people read it, or on one line, with a newline at the end. */
export function writeJson(path: string, value: unknown, form: 'indented' | 'compact' = 'indented'): void {
  writeFileWhole(path, `${JSON.stringify(value, null, form === 'indented' ? 2 : 0)}\n`);
}
