import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openResults } from './open-results.ts';

const root = mkdtempSync(join(tmpdir(), 'ablate-open-'));
afterAll(() => rmSync(root, { recursive: true }));
const runs = [{ id: 'cnn/seed-1' }];

test('a folder is made with those that it lies in, and its runs are locked until they are given back', () => {
  const folder = join(root, 'a', 'b');
  const locks = openResults(folder, runs);
  expect(existsSync(join(folder, 'cnn/seed-1.lock'))).toBe(true);
  expect(() => openResults(folder, runs)).toThrow(/^cnn\/seed-1 is written by another process/);
  locks.release();
  openResults(folder, runs).release();
  expect(existsSync(join(folder, 'cnn/seed-1.lock'))).toBe(false);
});

test('a file in its place is refused', () => {
  writeFileSync(join(root, 'file'), '');
  for (const folder of [join(root, 'file'), join(root, 'file', 'below')]) {
    expect(() => openResults(folder, runs)).toThrow(/^results can't be written to ".*": ENOTDIR.* with --out\.$/);
  }
});

test.runIf(process.platform === 'linux')('where no folder can be made, it says so and does not try for ever', () => {
  expect(() => openResults('/proc/ablate/study', runs)).toThrow(
    `results can't be written to "/proc/ablate/study": ENOENT: no such file or directory, mkdir '/proc/ablate'. Choose another folder with --out.`,
  );
});
