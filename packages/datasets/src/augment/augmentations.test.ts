import { describe, expect, test } from 'vitest';
import { type Augmentation, reflected } from './augmentation.ts';
import { brightness } from './brightness.ts';
import { contrast } from './contrast.ts';
import { cutout } from './cutout.ts';
import { flip } from './flip.ts';
import { rotate } from './rotate.ts';
import { translate } from './translate.ts';

const grid = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const square = [3, 3, 1] as const;

/** Shares of the range of a draw: 0 is its lowest, just below 1 its highest value. */
function apply(augmentation: Augmentation, image: number[], ...shares: number[]): number[] {
  const to = new Uint8Array(image.length).fill(77);
  const words = Uint32Array.from([0, 1, 2, 3], (i) => (shares[i] ?? 0) * 2 ** 32);
  augmentation(Uint8Array.from(image), to, words);
  return [...to];
}

describe('translate', () => {
  // A draw of ±1: below 1/3 is −1, up to 2/3 is 0, above is 1.
  test.each([
    ['down', 0.9, 0.5, 'zero', [0, 0, 0, 1, 2, 3, 4, 5, 6]],
    ['up', 0.1, 0.5, 'zero', [4, 5, 6, 7, 8, 9, 0, 0, 0]],
    ['right', 0.5, 0.9, 'zero', [0, 1, 2, 0, 4, 5, 0, 7, 8]],
    ['left', 0.5, 0.1, 'zero', [2, 3, 0, 5, 6, 0, 8, 9, 0]],
    ['up and left', 0.1, 0.1, 'zero', [5, 6, 0, 8, 9, 0, 0, 0, 0]],
    ['nowhere', 0.5, 0.5, 'zero', grid],
    ['down, mirrored', 0.9, 0.5, 'reflect', [4, 5, 6, 1, 2, 3, 4, 5, 6]],
    ['left, mirrored', 0.5, 0.1, 'reflect', [2, 3, 2, 5, 6, 5, 8, 9, 8]],
    ['up and right, mirrored', 0.1, 0.9, 'reflect', [5, 4, 5, 8, 7, 8, 5, 4, 5]],
  ] as const)('%s', (_, row, column, fill, expected) => {
    expect(apply(translate(square, { distance: 1, fill }), grid, row, column)).toEqual(expected);
  });

  test('channels stay together', () => {
    const moved = apply(translate([1, 2, 3], { distance: 1, fill: 'zero' }), [1, 2, 3, 4, 5, 6], 0.5, 0.9);
    expect(moved).toEqual([0, 0, 0, 1, 2, 3]);
  });
});

test('a mirror does not repeat the edge, however far the place is', () => {
  // numpy.pad([0, 1, 2, 3], (5, 5), mode="reflect")
  const places = Array.from({ length: 14 }, (_, i) => reflected(i - 5, 4));
  expect(places).toEqual([1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2]);
  expect(reflected(-3, 1)).toBe(0);
});

test('flip mirrors lines, or leaves the image as it is', () => {
  const pixels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  const flipped = apply(flip([2, 2, 3], { probability: 0.25 }), pixels, 0.24);
  expect(flipped).toEqual([4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
  expect(apply(flip([2, 2, 3], { probability: 0.25 }), pixels, 0.25)).toEqual(pixels);
});

describe('rotate', () => {
  test('by a quarter, either way, and not at all', () => {
    expect(apply(rotate(square, { degrees: 90, fill: 'zero' }), grid, 0)).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7]);
    const most = 1 - 2 ** -32;
    expect(apply(rotate(square, { degrees: 90, fill: 'zero' }), grid, most)).toEqual([7, 4, 1, 8, 5, 2, 9, 6, 3]);
    expect(apply(rotate(square, { degrees: 90, fill: 'zero' }), grid, 0.5)).toEqual(grid);
  });

  test('by an eighth: what lies between pixels is weighted by its distance to four of them', () => {
    const image = [0, 0, 0, 0, 200, 100, 0, 0, 0];
    const turned = apply(rotate(square, { degrees: 45, fill: 'zero' }), image, 0);
    // A side comes from (±√½, ±√½) off the centre: (1 − √½)² of the centre, which is 17, and on the right
    // √½ (1 − √½) of the pixel there, 21. A corner comes from √2 off the centre: 2 − √2 of the pixel on the right, 59.
    expect(turned).toEqual([0, 38, 59, 17, 200, 38, 0, 17, 0]);
  });

  test('the corners are black, or the mirrored image', () => {
    const white = grid.map(() => 255);
    expect(apply(rotate(square, { degrees: 45, fill: 'zero' }), white, 0)[0]).toBeLessThan(255);
    expect(apply(rotate(square, { degrees: 45, fill: 'reflect' }), white, 0)).toEqual(white);
  });
});

describe('cutout', () => {
  test('covers a square about its centre, in the colour of each channel', () => {
    const image = Array.from({ length: 32 }, (_, i) => 100 + i);
    const covered = apply(cutout([4, 4, 2], { size: 2, color: [7, 8] }), image, 0.3, 0.6);
    // Centre (1, 2): rows 0 and 1, columns 1 and 2.
    const inside = (i: number) => Math.floor(i / 8) < 2 && [1, 2].includes(Math.floor(i / 2) % 4);
    expect(covered).toEqual(image.map((value, i) => (inside(i) ? 7 + (i % 2) : value)));
  });

  test('lies over the edge in part', () => {
    expect(apply(cutout(square, { size: 3, color: [0] }), grid, 0, 0)).toEqual([0, 0, 3, 0, 0, 6, 7, 8, 9]);
    expect(apply(cutout(square, { size: 3, color: [0] }), grid, 0.99, 0.99)).toEqual([1, 2, 3, 4, 0, 0, 7, 0, 0]);
  });
});

test('brightness multiplies, and cuts off at white', () => {
  expect(apply(brightness({ amount: 0.5 }), [0, 10, 101, 200], 0)).toEqual([0, 5, 51, 100]);
  expect(apply(brightness({ amount: 0.5 }), [0, 10, 101, 200], 1 - 2 ** -32)).toEqual([0, 15, 151, 255]);
});

test('contrast multiplies the distance to the mean of each channel', () => {
  // Means 20 and 200.
  expect(apply(contrast([1, 2, 2], { amount: 0.5 }), [10, 150, 30, 250], 0)).toEqual([15, 175, 25, 225]);
  expect(apply(contrast([1, 2, 2], { amount: 0.5 }), [0, 150, 40, 250], 1 - 2 ** -32)).toEqual([0, 125, 50, 255]);
});
