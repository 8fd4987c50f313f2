import { expect, test } from 'vitest';
import { productsOf, tileRegions } from './winograd-tiles.ts';

const extents = Array.from({ length: 17 }, (_, i) => i + 1);

test('the tiles of an image hold each of its outputs once, and a short one never more than two', () => {
  for (const height of extents) {
    for (const width of extents) {
      const held = new Map<string, number>();
      for (const { originY, originX, tilesY, tilesX, short } of tileRegions(height, width)) {
        const [rows, columns] = [short & 1 ? 2 : 4, short & 2 ? 2 : 4];
        for (let y = originY; y < Math.min(height, originY + tilesY * rows); y++) {
          for (let x = originX; x < Math.min(width, originX + tilesX * columns); x++) {
            held.set(`${y},${x}`, (held.get(`${y},${x}`) ?? 0) + 1);
          }
        }
      }
      expect([height, width, held.size]).toEqual([height, width, height * width]);
      expect(Math.max(...held.values())).toBe(1);
    }
  }
});

test('14 outputs are 3 whole tiles and a short one, 12 or 15 are whole ones: (6 · whole + 4 · short)² products', () => {
  expect(tileRegions(14, 14)).toEqual([
    { originY: 0, originX: 0, tilesY: 3, tilesX: 3, short: 0 },
    { originY: 0, originX: 12, tilesY: 3, tilesX: 1, short: 2 },
    { originY: 12, originX: 0, tilesY: 1, tilesX: 3, short: 1 },
    { originY: 12, originX: 12, tilesY: 1, tilesX: 1, short: 3 },
  ]);
  expect([14, 12, 15, 1].map((extent) => productsOf(extent, extent))).toEqual([22 ** 2, 18 ** 2, 24 ** 2, 4 ** 2]);
});
