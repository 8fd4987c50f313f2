import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readAnalysis, writeAnalysis } from './analysis-files.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'ablate-analysis-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const tile = (...pixels: number[]) => ({
  height: 1,
  width: 2,
  channels: 1,
  pixels: Buffer.from(pixels).toString('base64'),
});
const maps = (layer: string) => ({
  images: [{ index: 7, image: tile(3, 4) }],
  layers: [{ layer, channels: 1, images: [[tile(0, 255)]] }],
});
const files = () => readdirSync(join(folder, 'analysis'), { recursive: true, encoding: 'utf8' }).sort();

test('pixels stand beside the JSON as pictures that are large enough to see', async () => {
  writeAnalysis(folder, 'feature-maps', maps('block1/conv'));
  expect(readAnalysis(folder, 'feature-maps')).toEqual(maps('block1/conv'));
  const picture = sharp(join(folder, 'analysis/feature-maps/block1/conv/image-7.png'));
  const { data, info } = await picture.toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width: 256, height: 128, channels: 1 });
  const row = [...data.subarray(0, 256)];
  expect(row).toEqual(Array.from({ length: 256 }, (_, column) => (column < 128 ? 0 : 255)));
});

test('pictures of other layers, or of what does not apply any more, do not stay', () => {
  writeAnalysis(folder, 'feature-maps', maps('conv1'));
  writeAnalysis(folder, 'confusion-matrix', { matrix: [[1]] });
  writeAnalysis(folder, 'feature-maps', maps('conv2'));
  expect(files()).toEqual([
    'confusion-matrix.json',
    'confusion-matrix.png',
    'feature-maps',
    'feature-maps.json',
    'feature-maps/conv2',
    'feature-maps/conv2/image-7.png',
    'feature-maps/images.png',
  ]);
  writeAnalysis(folder, 'feature-maps', { notApplicable: 'no layer' });
  expect(files()).toEqual(['confusion-matrix.json', 'confusion-matrix.png', 'feature-maps.json']);
});

test('what was not made is null', () => {
  expect(readAnalysis(folder, 'roc')).toBe(null);
});
