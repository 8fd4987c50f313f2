import * as nodeFs from 'node:fs';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type FileSystem, writeFileWhole, writeJson, writeSynced } from './write-file.ts';

test('a file is replaced whole, in a folder that is made, and no partial file stays behind', () => {
  const root = mkdtempSync(join(tmpdir(), 'ablate-write-'));
  const path = join(root, 'a', 'b', 'run.json');
  writeJson(path, { a: 1 });
  writeJson(path, { a: 2, text: 'ü'.repeat(10) });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ a: 2, text: 'ü'.repeat(10) });
  expect(readdirSync(join(root, 'a', 'b'))).toEqual(['run.json']);
  rmSync(root, { recursive: true });
});

test('a write that fails leaves the old content and no partial file', () => {
  const root = mkdtempSync(join(tmpdir(), 'ablate-write-'));
  writeFileSync(join(root, 'old'), 'kept');
  // A folder stands where the file should be: the rename fails after the content was written.
  expect(() => writeFileWhole(root, 'new')).toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(readFileSync(join(root, 'old'), 'utf8')).toBe('kept');
  expect(readdirSync(join(root, '..')).filter((name) => name.includes('.partial-'))).toEqual([]);
  rmSync(root, { recursive: true });
});

test.each([
  ['writeSync', 'ENOSPC: no space left on device, write'],
  ['openSync', 'EACCES: permission denied'],
  ['fsyncSync', 'EIO: i/o error'],
  ['renameSync', 'EROFS: read-only file system'],
] as const)('where %s fails with %s, the error names the file and what to do; nothing is lost', (call, reason) => {
  const root = mkdtempSync(join(tmpdir(), 'ablate-write-'));
  const path = join(root, 'run.json');
  writeJson(path, { kept: true });
  const fail = () => {
    throw new Error(reason);
  };
  const failing: FileSystem = { ...nodeFs, [call]: fail };
  expect(() => writeFileWhole(path, 'new', failing)).toThrow(
    new Error(
      `"${path}" can't be written: ${reason}. What stood there is as it was. Make room, or choose another folder with --out, and run it again: what is done is kept.`,
    ),
  );
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ kept: true });
  expect(readdirSync(root)).toEqual(['run.json']);
  rmSync(root, { recursive: true });
});

test.runIf(process.platform === 'linux')('a disk that is full is noticed by the write itself', () => {
  expect(() => writeSynced('/dev/full', Uint8Array.of(1))).toThrow(/^ENOSPC: no space left on device, write$/);
});
