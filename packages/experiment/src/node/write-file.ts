import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a file whole or not at all: a reader, or a crash, finds the old content or the new one. Makes its folder. */
export function writeFileWhole(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.partial-${process.pid}`;
  try {
    const file = openSync(partial, 'w');
    try {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

/** JSON as people read it, or on one line, with a newline at the end. */
export function writeJson(path: string, value: unknown, form: 'indented' | 'compact' = 'indented'): void {
  writeFileWhole(path, `${JSON.stringify(value, null, form === 'indented' ? 2 : 0)}\n`);
}
