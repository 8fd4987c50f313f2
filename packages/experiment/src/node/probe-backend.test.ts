import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { probeBackend } from './probe-backend.ts';

const VERSIONS = { code: 'c0de', tfjs: '4.22.0' };
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ablate-probe-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('auto is what starts; the answer is kept for these versions, and asked again for others', async () => {
  const first = await probeBackend(VERSIONS, folder);
  expect(first).toEqual({ name: 'wasm', reason: 'auto: the fastest that starts here' });
  const [file = ''] = kept();
  expect(JSON.parse(readFileSync(join(folder, 'backends', file), 'utf8'))).toEqual(first);
  writeFileSync(join(folder, 'backends', file), JSON.stringify({ name: 'cpu', reason: 'as it was' }));
  expect(await probeBackend(VERSIONS, folder)).toEqual({ name: 'cpu', reason: 'as it was' });
  expect((await probeBackend({ ...VERSIONS, code: 'other' }, folder)).name).toBe('wasm');
  expect(kept()).toHaveLength(2);
}, 60_000);

test('an answer that cannot be read, or kept, is asked for again', async () => {
  writeFileSync(join(folder, 'backends'), 'no folder');
  expect((await probeBackend(VERSIONS, folder)).name).toBe('wasm');
}, 60_000);

function kept(): string[] {
  return readdirSync(join(folder, 'backends'));
}
