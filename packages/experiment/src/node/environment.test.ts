import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { computingPackages, hashCode, readEnvironment } from './environment.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ablate-code-'));
  mkdirSync(join(folder, 'ops'));
  write('index.ts', 'export const a = 1;');
  write('ops/conv.ts', 'export const b = 2;');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the hash of code changes with every source file, its place, and nothing else', () => {
  const before = hash();
  expect(before).toMatch(/^[0-9a-f]{32}$/);
  write('ops/conv.test.ts', 'tests do not compute');
  write('README.md', 'neither does this');
  expect(hash()).toBe(before);
  write('ops/conv.ts', 'export const b = 3;');
  const changed = hash();
  expect(changed).not.toBe(before);
  write('ops/conv.ts', 'export const b = 2;');
  expect(hash()).toBe(before);
  write('ops/new.ts', '');
  expect([before, changed]).not.toContain(hash());
  expect(hashCode([['other', folder]], '.ts')).not.toBe(hash());
});

test('here: the packages that compute are found, TensorFlow.js is 4.22.0, auto is wasm and all cores', async () => {
  const { versions, auto, workers } = await readEnvironment();
  expect(versions.code).toMatch(/^[0-9a-f]{32}$/);
  expect([versions.tfjs, auto, workers]).toEqual(['4.22.0', 'wasm', availableParallelism()]);
  expect(computingPackages).toHaveLength(6);
}, 60_000);

function hash(): string {
  return hashCode([['one', folder]], '.ts');
}

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}
