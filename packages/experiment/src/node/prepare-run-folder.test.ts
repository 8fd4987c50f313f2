import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareRunFolder } from './prepare-run-folder.ts';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'ablate-folder-'))));
afterEach(() => rmSync(root, { recursive: true }));

test('what a finished run left is kept beside the new folder: the latest one', () => {
  const folder = join(root, 'cnn/seed-1');
  for (const content of ['first', 'second']) {
    prepareRunFolder(folder);
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ status: 'done', content }));
  }
  prepareRunFolder(folder);
  expect(readFileSync(join(root, 'cnn/seed-1.previous/run.json'), 'utf8')).toContain('second');
});

test('an unfinished run is removed and does not push a finished one out', () => {
  const folder = join(root, 'seed-1');
  mkdirSync(`${folder}.previous`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ status: 'stopped' }));
  prepareRunFolder(folder);
  expect(readdirSync(folder)).toEqual([]);
  expect(existsSync(`${folder}.previous`)).toBe(true);
});
