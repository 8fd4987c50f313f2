import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFileWhole, writeJson } from './write-file.ts';

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
