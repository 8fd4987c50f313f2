import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cacheFolder, dataVersion, loadDataset } from '../src/node/index.ts';
import { type DatasetInput, datasetChoices, datasetSchema } from '../src/schema/index.ts';
import { png, writeFiles } from './write-image-data.ts';

let base: string;
let cache: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'ablate-cache-'));
  cache = join(base, 'cache');
  for (let i = 0; i < 4; i++) {
    await writeFiles(join(base, 'pets'), {
      [`cat/${i}.png`]: await png([i, 0, 0]),
      [`dog/${i}.png`]: await png([i, 9, 0]),
    });
  }
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(base, { recursive: true });
});

const pets: DatasetInput = {
  name: 'image-folder',
  path: 'pets',
  imageSize: 8,
  split: { test: 0.5 },
  normalize: 'none',
};
const spec = datasetSchema.parse(pets);
const values = async (options = {}) => {
  const { train, test: other } = await loadDataset(spec, { base, cache, ...options });
  return [train.images, train.labels, other.images, other.labels].map((bytes) => [...bytes]);
};
const kept = async () => (await readdir(join(cache, 'decoded'))).map((name) => join(cache, 'decoded', name));

describe('decoded images', () => {
  test('are read the second time, in one file that is whole', async () => {
    const onProgress = vi.fn<() => void>();
    const first = await values({ onProgress });
    expect(onProgress).toHaveBeenCalledTimes(8);
    expect(await values({ onProgress })).toEqual(first);
    expect(onProgress).toHaveBeenCalledTimes(8);
    expect(await kept()).toHaveLength(1);
  });

  test.each<[string, (file: string) => Promise<void>]>([
    ['cut off', (file) => truncate(file, 100)],
    ['empty', (file) => truncate(file, 0)],
    ['something else', (file) => writeFile(file, 'something else that is longer than its header')],
  ])('a file of the cache that is %s is made again', async (_, spoil) => {
    const first = await values();
    const [file = ''] = await kept();
    const whole = await readFile(file);
    await spoil(file);
    expect(await values()).toEqual(first);
    expect(await readFile(file)).toEqual(whole);
  });

  test('a cache that cannot be written is done without, and that is said once', async () => {
    await writeFile(join(base, 'file'), '');
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const first = await values();
    const closed = { cache: join(base, 'file') };
    expect(await values(closed)).toEqual(first);
    expect(await values(closed)).toEqual(first);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(String(warn.mock.calls[0]?.[0])).toMatch(
      /^the cache can't be written in .+ \(ENOTDIR\): data is decoded again at each start\. Set ABLATE_CACHE to a folder that can be\.$/,
    );
    warn.mockRestore();
  });

  test('two processes that fill it at once leave it whole', async () => {
    const script = join(import.meta.dirname, 'load-in-process.ts');
    const load = () =>
      promisify(execFile)(process.execPath, [
        '--conditions=@ablate/source',
        '--import',
        'tsx',
        script,
        base,
        cache,
        JSON.stringify(pets),
      ]);
    const [one, other] = await Promise.all([load(), load()]);
    expect(JSON.parse(one.stdout)).toEqual(JSON.parse(other.stdout));
    expect(JSON.parse(one.stdout)).toEqual(await values({ cache: join(base, 'another') }));
    expect(await kept()).toHaveLength(1);
    expect(await values({ onProgress: () => expect.unreachable() })).toEqual(JSON.parse(one.stdout));
  });
});

describe('the version of data', () => {
  const version = (options: object = {}) => dataVersion(spec, { base, cache, ...options });

  test('is the same wherever the same files are, also without a cache', async () => {
    const first = await version();
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await version()).toBe(first);
    expect(await version({ cache: join(base, 'other') })).toBe(first);
    const moved = datasetSchema.parse({ ...pets, path: join(base, 'pets') });
    expect(await dataVersion(moved, { cache })).toBe(first);
    expect(datasetChoices(moved)).toEqual(datasetChoices(spec));
  });

  test('changes with a byte, a name or a file', async () => {
    const versions = [await version()];
    const file = join(base, 'pets', 'cat', '0.png');
    const bytes = await readFile(file);
    await writeFile(file, Buffer.concat([bytes, Buffer.of(0)]));
    versions.push(await version());
    await writeFiles(join(base, 'pets'), { 'cat/9.png': bytes });
    versions.push(await version());
    await rm(join(base, 'pets', 'cat', '9.png'));
    await writeFiles(join(base, 'pets'), { 'dog/9.png': bytes });
    versions.push(await version());
    expect(new Set(versions).size).toBe(4);
  });

  test('is not taken again while size and time of change stay', async () => {
    const file = join(base, 'pets', 'cat', '0.png');
    const then = new Date('2024-01-01');
    await utimes(file, then, then);
    const first = await version();
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(1));
    await utimes(file, then, then);
    expect(await version()).toBe(first);
    expect(await version({ cache: join(base, 'other') })).not.toBe(first);
  });

  test('of what is drawn there is none; of MNIST it is that of its four files', async () => {
    vi.stubEnv('ABLATE_DATA', '');
    expect(await dataVersion(datasetSchema.parse({ name: 'shapes' }))).toBeNull();
    expect(await dataVersion(datasetSchema.parse({ name: 'mnist' }), { cache })).toMatchInlineSnapshot(
      `"4b0eaf124576aa4eb1e9821208d385856c482bff07cabf3d93e917c33f7a0c1b"`,
    );
  });
});

test('the cache is where the user wants it', () => {
  expect(cacheFolder({ ABLATE_CACHE: '/there', XDG_CACHE_HOME: '/cache' })).toBe('/there');
  expect(cacheFolder({ ABLATE_CACHE: '', XDG_CACHE_HOME: '/cache' })).toBe(join('/cache', 'ablate'));
  expect(cacheFolder({})).toMatch(/[\\/]\.cache[\\/]ablate$/);
});
