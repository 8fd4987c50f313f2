import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listImages, loadDataset } from '../src/node/index.ts';
import {
  checkDataset,
  type DatasetInput,
  datasetFacts,
  datasetSchema,
  type ImageFolderSpec,
} from '../src/schema/index.ts';
import { png, writeFiles } from './write-image-data.ts';

let base: string;
let cache: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'ablate-images-'));
  cache = join(base, 'cache');
});
afterEach(async () => {
  await rm(base, { recursive: true });
});

const spec = (options: Partial<Extract<DatasetInput, { name: 'image-folder' }>> = {}) =>
  datasetSchema.parse({
    name: 'image-folder',
    path: 'pets',
    imageSize: 8,
    normalize: 'none',
    ...options,
  }) as ImageFolderSpec;

describe('a folder for each class', () => {
  beforeEach(async () => {
    for (let i = 0; i < 10; i++) {
      await writeFiles(join(base, 'pets'), {
        [`dog/${i}.png`]: await png([200, i, 0], 20, 12),
        [`cat/${i}.png`]: await png([100, i, 0], 12, 20),
      });
    }
    await writeFile(join(base, 'pets', '.DS_Store'), '');
  });

  test('is what its listing said before an image was read', async () => {
    const options = { split: { test: 0.3, validation: 0.5 }, imageSize: [8, 10] as [number, number] };
    const listing = listImages(spec(options), { base });
    expect(listing).toEqual({ classNames: ['cat', 'dog'], available: { train: 14, test: 6 } });
    expect(checkDataset(spec(options), listing)).toEqual([]);
    const facts = datasetFacts(spec(options), listing);
    expect(facts).toEqual({
      name: 'image-folder',
      classes: 2,
      classNames: ['cat', 'dog'],
      inputShape: [8, 10, 3],
      counts: { train: 7, validation: 7, test: 6 },
    });
    const loaded = await loadDataset(spec(options), { base, cache });
    expect(loaded).toMatchObject(facts);
    expect([loaded.train.count, loaded.validation?.count, loaded.test.count]).toEqual([7, 7, 6]);
    expect([...loaded.test.labels]).toEqual([0, 0, 0, 1, 1, 1]);
  });

  test('parts are disjoint, and each label is that of its image', async () => {
    const { train, test: other } = await loadDataset(spec(), { base, cache });
    expect([train.count, other.count]).toEqual([16, 4]);
    const seen = [train, other].flatMap((part) =>
      Array.from({ length: part.count }, (_, i) => {
        const [red, green] = part.images.subarray(i * 192, i * 192 + 2);
        expect(red).toBe(part.labels[i] === 1 ? 200 : 100);
        return `${red}/${green}`;
      }),
    );
    expect(new Set(seen).size).toBe(20);
  });

  test('an unreadable image is refused by its name, and nothing is kept', async () => {
    await writeFile(join(base, 'pets', 'cat', '3.png'), 'broken');
    await expect(loadDataset(spec(), { base, cache })).rejects.toThrow(
      /every image must be readable; 1 of 20 can't be read:\n {2}cat\/3.png \(.+\)\nMend them or take them out\.$/,
    );
    await writeFiles(join(base, 'pets'), { 'cat/3.png': await png([100, 3, 0]) });
    expect((await loadDataset(spec(), { base, cache })).train.count).toBe(16);
  });

  test.each<[string, string, string]>([
    [
      'a file beside the classes',
      'list.txt',
      'each file must be <class>/<image>; found list.txt. Move it, or take it out.',
    ],
    [
      'a folder in a class',
      'cat/more/1.png',
      'each file must be <class>/<image>; found cat/more/1.png. Move it, or take it out.',
    ],
    [
      'a file that is no image',
      'cat/notes.txt',
      'each file must be an image (jpg, png, webp, gif, avif, tiff); found cat/notes.txt. Take it out.',
    ],
  ])('%s', async (_, name, message) => {
    await writeFiles(join(base, 'pets'), { [name]: Buffer.from('x') });
    expect(() => listImages(spec(), { base })).toThrow(`${join(base, 'pets')}: ${message}`);
  });

  test('an empty class', async () => {
    await mkdir(join(base, 'pets', 'fish'));
    expect(() => listImages(spec(), { base })).toThrow(
      `${join(base, 'pets', 'fish')}: the folder must hold images; it is empty. Take it out.`,
    );
  });

  test('the same folder at another size is not what was kept', async () => {
    await loadDataset(spec(), { base, cache });
    expect((await loadDataset(spec({ imageSize: 9 }), { base, cache })).inputShape).toEqual([9, 9, 3]);
    expect((await loadDataset(spec({ color: 'grayscale' }), { base, cache })).train.images).toHaveLength(16 * 64);
  });

  test('a changed image is seen', async () => {
    await loadDataset(spec(), { base, cache });
    await writeFiles(join(base, 'pets'), { 'cat/3.png': await png([101, 77, 0], 12, 21) });
    const { train, test: other } = await loadDataset(spec(), { base, cache });
    expect([...train.images, ...other.images].filter((value) => value === 77)).toHaveLength(64);
  });
});

describe('train and test folders', () => {
  const write = async (names: string[]) => {
    for (const name of names) await writeFiles(join(base, 'pets'), { [name]: await png([1, 2, 3]) });
  };
  test('are taken as they are', async () => {
    await write(['train/b/1.png', 'train/a/1.png', 'train/a/2.png', 'test/b/9.jpg', 'test/b/8.jpg']);
    expect(listImages(spec(), { base })).toEqual({ classNames: ['a', 'b'], available: { train: 3, test: 2 } });
    const { train, test: other } = await loadDataset(spec(), { base, cache });
    expect([[...train.labels], [...other.labels]]).toEqual([
      [0, 0, 1],
      [1, 1],
    ]);
    expect(() => listImages(spec({ split: { test: 0.1 } }), { base })).toThrow(
      `image-folder: split.test must be left out where there is a test folder, as in ${join(base, 'pets')}; received 0.1.`,
    );
  });
  test.each<[string, string[], string]>([
    [
      'no test',
      ['train/a/1.png', 'train/b/1.png'],
      'there must be images in train and in test; there are none in test.',
    ],
    [
      'a class in test alone',
      ['train/a/1.png', 'train/b/1.png', 'test/c/1.png'],
      'the classes of test must be in train too; found test/c/1.png. Add train/c, or take it out.',
    ],
    [
      'a third folder',
      ['train/a/1.png', 'train/b/1.png', 'test/a/1.png', 'val/a/1.png'],
      'each file must be train/<class>/<image> or test/<class>/<image>; found val/a/1.png. Move it, or take it out.',
    ],
    ['one class', ['train/a/1.png', 'test/a/1.png'], 'there must be 2 to 256 class folders with images; found 1.'],
  ])('%s', async (_, names, message) => {
    await write(names);
    expect(() => listImages(spec(), { base })).toThrow(`${join(base, 'pets')}: ${message}`);
  });
});

test('images of another aspect are stretched, cropped or padded', async () => {
  // Left half red, right half blue; twice as wide as high.
  const [red, blue] = [await png([255, 0, 0], 16), await png([0, 0, 255], 16)];
  const wide = sharp(Buffer.from(red)).resize(16, 16).extend({ right: 16, background: 'blue' });
  await writeFiles(join(base, 'pets'), {
    'a/1.png': await wide.png().toBuffer(),
    'a/2.png': await wide.png().toBuffer(),
    'b/1.png': blue,
    'b/2.png': blue,
  });
  const corner = async (fit: 'stretch' | 'crop' | 'pad') => {
    const { train } = await loadDataset(spec({ fit, imageSize: 16, split: { test: 0.5 } }), { base, cache });
    const at = (y: number, x: number) => [...train.images.subarray((y * 16 + x) * 3, (y * 16 + x) * 3 + 3)];
    return { top: at(0, 8 - 7), left: at(8, 0), right: at(8, 15) };
  };
  const [r, b, black] = [
    [255, 0, 0],
    [0, 0, 255],
    [0, 0, 0],
  ];
  expect(await corner('stretch')).toEqual({ top: r, left: r, right: b });
  expect(await corner('crop')).toEqual({ top: r, left: r, right: b });
  expect(await corner('pad')).toEqual({ top: black, left: r, right: b });
});

test('a folder that is not there, and one that was not listed', () => {
  expect(() => listImages(spec(), { base })).toThrow(
    `image-folder: path must be a folder; there is none at ${join(base, 'pets')}.`,
  );
  expect(checkDataset(spec())).toMatchInlineSnapshot(`
    [
      {
        "message": "image-folder: the folder pets must be listed to know its classes and counts; it was not.",
        "path": [
          "path",
        ],
      },
    ]
  `);
  expect(datasetFacts(spec()).classes).toBe(0);
});
