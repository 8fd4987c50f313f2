import { describe, expect, test } from 'vitest';
import { drawShapes } from './draw-shapes.ts';
import { shapeNames } from './schema/shapes.ts';

const options = { size: { train: 120, test: 60 }, imageSize: 28, noise: 0.1 };
const clean = drawShapes({ ...options, noise: 0 });

test('labels go round the classes, in both parts', () => {
  const { train, test: other } = drawShapes(options);
  expect([...train.labels.subarray(0, 8)]).toEqual([0, 1, 2, 3, 4, 5, 0, 1]);
  expect(other.labels.filter((label) => label === 5)).toHaveLength(10);
});

test('the same seed draws the same, another seed and the test part something else', () => {
  const first = drawShapes(options, { seed: 4 });
  expect(drawShapes(options, { seed: 4 })).toEqual(first);
  expect(drawShapes(options, { seed: 5 }).train.images).not.toEqual(first.train.images);
  expect(first.test.images).not.toEqual(first.train.images.subarray(0, first.test.images.length));
});

test('a larger set begins with the smaller one', () => {
  const larger = drawShapes({ ...options, size: { train: 150, test: 60 } });
  const smaller = drawShapes(options);
  expect(larger.train.images.subarray(0, smaller.train.images.length)).toEqual(smaller.train.images);
});

test('shapes lie inside the image, bright on black, and vary', () => {
  const images = Array.from({ length: 120 }, (_, i) => image(i));
  for (const pixels of images) {
    expect(Math.max(...pixels)).toBeGreaterThanOrEqual(Math.floor(255 * 0.6));
    expect(litAtEdge(pixels)).toBeLessThan(0.51);
  }
  expect(new Set(images.map(String)).size).toBe(120);
});

describe('lit part of the bounding box, by geometry: it does not depend on place, size or brightness', () => {
  // From upright to turned by 15°, where the box is wider: a corner at (x, y) comes to reach x cos 15° + y sin 15°.
  const [cos, sin] = [Math.cos(Math.PI / 12), Math.sin(Math.PI / 12)];
  const crossArea = 4 * (2 * 0.95 * 0.3 - 0.3 ** 2);
  test.each([
    ['circle', Math.PI / 4, Math.PI / 4],
    ['ring', (Math.PI / 4) * (1 - 0.6 ** 2), (Math.PI / 4) * (1 - 0.6 ** 2)],
    ['square', 1 / (cos + sin) ** 2, 1],
    ['diamond', 1 / 2, 1 / 2 / cos ** 2],
    ['triangle', (3 * Math.sqrt(3)) / 4 / (cos + Math.SQRT1_2) ** 2, 1 / 2],
    ['cross', crossArea / (2 * (0.95 * cos + 0.3 * sin)) ** 2, crossArea / 1.9 ** 2],
  ] as const)('%s', (name, low, high) => {
    for (let i = shapeNames.indexOf(name); i < 120; i += shapeNames.length) {
      const fill = fillOf(image(i));
      // A tenth of the box is half a pixel at each side: as much as the measured edges of a tip are short.
      expect(fill).toBeGreaterThan(low * 0.9);
      expect(fill).toBeLessThan(high * 1.2);
    }
  });
});

test('noise has the deviation asked for', () => {
  const noisy = drawShapes({ ...options, noise: 0.05 }).train.images;
  // Pixels half lit or more but below white by four deviations are cut off at neither end.
  const differences: number[] = [];
  for (const [i, pixel] of clean.train.images.entries()) {
    if (pixel > 60 && pixel < 195) differences.push(((noisy[i] as number) - pixel) / 255);
  }
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / differences.length;
  const standardError = 0.05 / Math.sqrt(differences.length);
  expect(differences.length).toBeGreaterThan(1000);
  expect(Math.abs(mean)).toBeLessThan(5 * standardError);
  expect(Math.abs(Math.sqrt(variance) - 0.05)).toBeLessThan(5 * standardError);
});

function image(index: number): Uint8Array {
  return clean.train.images.subarray(index * 784, (index + 1) * 784);
}

/** The brightest pixel of the outermost rows and columns, relative to the image's brightest: half where an outline meets them. */
function litAtEdge(pixels: Uint8Array): number {
  const outer = pixels.filter((_, i) => i < 28 || i >= 27 * 28 || i % 28 === 0 || i % 28 === 27);
  return Math.max(...outer) / Math.max(...pixels);
}

/** Light of an image divided by that of its bounding box, whose edges are measured to a part of a pixel. */
function fillOf(pixels: Uint8Array): number {
  const brightest = Math.max(...pixels);
  const lit = Array.from(pixels, (pixel) => pixel / brightest);
  const rows = Array.from({ length: 28 }, (_, y) => Math.max(...lit.slice(y * 28, (y + 1) * 28)));
  const columns = Array.from({ length: 28 }, (_, x) => Math.max(...lit.filter((_, i) => i % 28 === x)));
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return sum(lit) / (sum(rows) * sum(columns));
}
