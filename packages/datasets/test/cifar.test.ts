import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fitNormalization } from '../src/index.ts';
import { decodeImages } from '../src/node/decode-images.ts';
import { type DataProgress, loadDataset } from '../src/node/index.ts';
import { lookForCifar } from '../src/node/load-cifar.ts';
import { readArchive } from '../src/node/read-archive.ts';
import { type CifarPlace, type CifarSpec, readCifar } from '../src/node/read-cifar.ts';
import { datasetSchema } from '../src/schema/index.ts';
import { batch, png, writeArchive, writeFiles } from './write-image-data.ts';

const classNames = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const cifar10 = datasetSchema.parse({ name: 'cifar10' }) as CifarSpec;
const cifar100 = datasetSchema.parse({ name: 'cifar100' }) as CifarSpec;
const coarse = datasetSchema.parse({ name: 'cifar100', labels: 'coarse' }) as CifarSpec;

/** What everyone normalizes CIFAR-10 with. */
const published = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };
const real = realArchives();

let folder: string;
let cache: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ablate-cifar-'));
  cache = join(folder, 'cache');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const place = (spec: CifarSpec, path = folder): CifarPlace => {
  const found = lookForCifar(spec.name, path);
  if (found === null) throw new Error(`nothing in ${path}`);
  return found;
};
const messageOf = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.then(
    () => 'accepted',
    (reason: unknown) => reason,
  );
  return String(error).replaceAll(folder, 'FOLDER');
};

describe('the binary version', () => {
  const files = {
    ...Object.fromEntries(
      [1, 2, 3, 4, 5].map((n) => [`cifar-10-batches-bin/data_batch_${n}.bin`, batch([[[n], [n, 100 + n, 200 + n]]])]),
    ),
    'cifar-10-batches-bin/test_batch.bin': batch([
      [[9], [1, 2, 3]],
      [[0], [4, 5, 6]],
    ]),
    'cifar-10-batches-bin/batches.meta.txt': Buffer.from('airplane\n'),
  };

  test('its archive and its folder hold the same; pixels are interleaved', async () => {
    await writeArchive(join(folder, 'cifar-10-binary.tar.gz'), files);
    const packed = await readCifar(place(cifar10), cifar10, { cache });
    await writeFiles(folder, files);
    expect(await readCifar(place(cifar10), cifar10, { cache })).toEqual(packed);
    expect([...packed.train.labels, ...packed.test.labels]).toEqual([1, 2, 3, 4, 5, 9, 0]);
    expect([...packed.train.images.subarray(3072 * 2, 3072 * 2 + 6)]).toEqual([3, 103, 203, 3, 103, 203]);
    expect([...packed.test.images.subarray(-3)]).toEqual([4, 5, 6]);
  });

  test('of CIFAR-100, either label', async () => {
    await writeFiles(folder, {
      'train.bin': batch([
        [
          [19, 99],
          [1, 2, 3],
        ],
      ]),
      'test.bin': batch([
        [
          [4, 50],
          [1, 2, 3],
        ],
      ]),
    });
    expect([...(await readCifar(place(cifar100), cifar100, { cache })).train.labels]).toEqual([99]);
    expect([...(await readCifar(place(coarse), coarse, { cache })).train.labels]).toEqual([19]);
  });

  test('another number of images', async () => {
    await writeArchive(join(folder, 'cifar-10-binary.tar.gz'), files);
    const spec = datasetSchema.parse({ name: 'cifar10', path: 'cifar-10-binary.tar.gz' });
    expect(await messageOf(loadDataset(spec, { base: folder, cache }))).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/cifar-10-binary.tar.gz: cifar10 has 50000 train images; found 5. Fetch it again; use limit for fewer."`,
    );
  });

  test('a batch that is cut off, and one that is not there', async () => {
    const third = 'cifar-10-batches-bin/data_batch_3.bin';
    const { [third]: bytes = Buffer.of(), ...others }: Record<string, Uint8Array> = files;
    await writeArchive(join(folder, 'a.tar.gz'), others);
    expect(await messageOf(readCifar(place(cifar10), cifar10, { cache }))).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/a.tar.gz: data_batch_3.bin must be there; it is not. Fetch it again."`,
    );
    await writeFiles(folder, { ...files, [third]: bytes.subarray(0, 3000) });
    expect(await messageOf(readCifar(place(cifar10), cifar10, { cache }))).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/cifar-10-batches-bin: data_batch_3.bin: the batch must be records of 3073 bytes; it has 3000, which is 0 records and 3000 bytes. Fetch it again."`,
    );
  });

  test('a label that is none', async () => {
    await writeFiles(folder, { ...files, 'cifar-10-batches-bin/test_batch.bin': batch([[[10], [1, 2, 3]]]) });
    expect(await messageOf(readCifar(place(cifar10), cifar10, { cache }))).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/cifar-10-batches-bin: test_batch.bin: label 0 must be from 0 to 9; found 10. Fetch it again."`,
    );
  });

  test('the version for Python', async () => {
    await writeArchive(join(folder, 'cifar-10-python.tar.gz'), {
      'cifar-10-batches-py/data_batch_1': Buffer.from('x'),
    });
    expect(await messageOf(readCifar(place(cifar10), cifar10, { cache }))).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/cifar-10-python.tar.gz: the archive must be the binary version of cifar10; it is the one for Python or Matlab. Get the binary version."`,
    );
  });
});

describe('archives', () => {
  test('cut off anywhere, an archive is refused', async () => {
    const file = join(folder, 'a.tar.gz');
    const contents = Uint8Array.from({ length: 50_000 }, (_, i) => (i * i) % 251);
    await writeArchive(file, { 'train/cat/0.bin': contents, 'train/cat/1.bin': contents });
    const bytes = await readFile(file);
    expect([...(await readArchive(file)).keys()]).toEqual(['train/cat/0.bin', 'train/cat/1.bin']);
    for (const length of [1, 100, Math.floor(bytes.length / 2), bytes.length - 5]) {
      await writeFile(file, bytes.subarray(0, bytes.length - length));
      expect(await messageOf(readArchive(file))).toMatch(/^DatasetError: FOLDER\/a.tar.gz: the archive must be whole/);
    }
  });

  test('a byte that was changed is found', async () => {
    const file = join(folder, 'a.tar.gz');
    await writeArchive(file, { a: new Uint8Array(5000).fill(3) });
    const bytes = await readFile(file);
    bytes[bytes.length - 8] = (bytes[bytes.length - 8] as number) ^ 1;
    await writeFile(file, bytes);
    expect(await messageOf(readArchive(file))).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/a.tar.gz: the archive must be whole; it is cut off or broken (incorrect data check). Fetch it again."`,
    );
  });

  test('what is no archive', async () => {
    const file = join(folder, 'a.tar.gz');
    await writeFile(file, 'PK\u0003\u0004 and more');
    expect(await messageOf(readArchive(file))).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/a.tar.gz: the file must be a .tar or .tar.gz archive; it begins with 0x504b0304, as a zip file does."`,
    );
    expect(await messageOf(readArchive(join(folder, 'b.tar')))).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/b.tar: the file is not there."`,
    );
  });
});

describe(`class folders (${real[0] ?? 'made ones only: set ABLATE_DATA to where cifar-10-jpeg.tar.gz is'})`, () => {
  const images = async () => {
    const files: Record<string, Uint8Array> = {};
    for (const [label, name] of classNames.entries()) {
      files[`train/${name}/1.png`] = await png([label, 2, 3]);
      files[`test/${name}/7.png`] = await png([label, 8, 9]);
    }
    return files;
  };

  test('a folder and archives of it hold the same, decoded once', async () => {
    const files = await images();
    await writeFiles(join(folder, 'images'), files);
    await writeArchive(join(folder, 'a.tar.gz'), files);
    const inside = Object.entries(files).map(([name, bytes]) => [`./cifar/${name}`, bytes]);
    await writeArchive(join(folder, 'b.tar.gz'), Object.fromEntries(inside));
    const read = (name: string, onProgress?: (progress: DataProgress) => void) =>
      readCifar(place(cifar10, join(folder, name)), cifar10, { cache, ...(onProgress && { onProgress }) });
    const parts = await read('images');
    expect(parts.train.labels).toEqual(Uint8Array.from({ length: 10 }, (_, i) => i));
    expect([...parts.train.images.subarray(3 * 3072, 3 * 3072 + 6)]).toEqual([3, 2, 3, 3, 2, 3]);
    expect([...parts.test.images.subarray(-3)]).toEqual([9, 8, 9]);
    const progress = vi.fn<(progress: DataProgress) => void>();
    expect(await read('a.tar.gz', progress)).toEqual(parts);
    expect(progress).toHaveBeenLastCalledWith({ stage: 'decode', done: 20, total: 20 });
    expect(progress).toHaveBeenCalledTimes(20);
    expect(await read('b.tar.gz')).toEqual(parts);
    const again = vi.fn<(progress: DataProgress) => void>();
    expect(await read('a.tar.gz', again)).toEqual(parts);
    expect(again).not.toHaveBeenCalled();
  });

  test('images that are unreadable, cut off or of another size are named', async () => {
    const files = await images();
    const cat = files['train/cat/1.png'] as Uint8Array;
    await writeFiles(join(folder, 'images'), {
      ...files,
      'train/cat/1.png': cat.subarray(0, 70),
      'train/dog/1.png': Buffer.from('not an image'),
      'test/ship/7.png': await png([1, 2, 3], 16),
    });
    const message = await messageOf(readCifar(place(cifar10, join(folder, 'images')), cifar10, { cache }));
    expect(message).toMatch(/^DatasetError: cifar10 in FOLDER\/images: every image must be readable; 3 of 20 can't be/);
    expect(message).toMatch(/\n {2}train\/cat\/1.png \(.+\)\n {2}train\/dog\/1.png \(.+\)\n {2}test\/ship\/7.png/);
    expect(message).toContain('images must be 32 × 32; it is 16 × 16');
    expect(existsSync(join(cache, 'decoded'))).toBe(false);
  });

  test('classes of another data set', async () => {
    const files = await images();
    await writeFiles(join(folder, 'images'), { ...files, 'train/zebra/1.png': await png([1, 2, 3]) });
    expect(
      await messageOf(readCifar(place(cifar10, join(folder, 'images')), cifar10, { cache })),
    ).toMatchInlineSnapshot(
      `"DatasetError: FOLDER/images: train and test must have a folder for each class of cifar10 (airplane, automobile, bird, …); "zebra" is none."`,
    );
  });
});

test.each(real)('%s has the images and colours of CIFAR-10', async (archive) => {
  const files = await readArchive(archive);
  const names = [...files.keys()];
  expect(names.filter((name) => name.startsWith('train/'))).toHaveLength(50_000);
  expect(names.filter((name) => name.startsWith('test/cat/'))).toHaveLength(1000);
  // One training image in 100.
  const some = names.filter((name) => name.startsWith('train/')).filter((_, i) => i % 100 === 0);
  const pixels = await decodeImages(
    some.map((name) => ({ name, source: files.get(name) ?? '' })),
    { shape: [32, 32, 3], fit: null, who: 'cifar10' },
  );
  // Of 500 images, the standard error of the mean is 0.006.
  const { mean } = fitNormalization(pixels, 3);
  expect(mean.every((value, c) => Math.abs(value - (published.mean[c] as number)) < 0.025)).toBe(true);
});

test.each(import.meta.env.MODE === 'deep' ? real : [])('%s normalizes as CIFAR-10 does', async (archive) => {
  const spec = datasetSchema.parse({ name: 'cifar10', path: archive });
  const { normalization, counts } = await loadDataset(spec, { cache });
  expect(counts).toEqual({ train: 50_000, validation: 0, test: 10_000 });
  for (const key of ['mean', 'std'] as const) {
    expect(normalization[key].every((value, c) => Math.abs(value - (published[key][c] as number)) < 5e-3)).toBe(true);
  }
});

/** Real CIFAR-10s as class folders in an archive: where ABLATE_DATA says, or in `data` beside a folder above this one. */
function realArchives(): string[] {
  const name = 'cifar-10-jpeg.tar.gz';
  const places = [process.env['ABLATE_DATA'] ?? ''];
  for (let at = import.meta.dirname; at !== dirname(at); at = dirname(at)) {
    for (const beside of siblings(dirname(at))) places.push(join(beside, 'data'));
  }
  return places
    .map((at) => join(at, name))
    .filter((file) => existsSync(file))
    .slice(0, 1);
}

function siblings(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}
