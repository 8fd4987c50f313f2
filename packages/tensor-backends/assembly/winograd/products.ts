/*
 * The 36 products between the planes, with the micro-kernel of tile.ts (4×8 sums, one k an iteration: 14 vector
 * registers), and the filters' way into and out of the planes. Plane strides are in bytes. `short` as in tiles.ts.
 *
 * Worst error of the three passes against double precision, relative to ‖Σ |terms|‖ (`npm run errors`): forward 2.1e-7, input
 * gradient 2.4e-7, filter gradient 1.9e-7.
 */
import { wholeTile } from '../tile';
import { transposedProduct } from '../transposed-product';
import { hasPlanes, SHORT_X, SHORT_Y } from './tiles';
import { filterTransform, tapTransform } from './transforms';

/**
 * Packed filters [groups][9][depth][8] (see `pack`) to U[6·i + j] = (G g Gᵀ)[i][j], each plane [groups][depth][8].
 * @param scratch 36 vectors.
 */
export function winogradFilter(panels: usize, planes: usize, planeStride: usize, scratch: usize, groups: i32, depth: i32): void {
  const tap = <usize>depth << 5;
  for (let g = 0; g < groups; g++) {
    for (let half: usize = 0; half < tap; half += 16) {
      const from = panels + half;
      for (let j: usize = 0; j < 3; j++) filterTransform(from + j * tap, 3 * tap, scratch + (j << 4), 48);
      let out = planes + half;
      for (let i: usize = 0; i < 6; i++) {
        filterTransform(scratch + i * 48, 16, out, planeStride);
        out += 6 * planeStride;
      }
    }
    panels += 9 * tap;
    planes += tap;
  }
}

/**
 * M[p] = V[p] · U[p] for each plane: V [count][wide], of which `depth` are used, U [groups][depth][8], M [count][8 · groups].
 * Rows are taken in fours: up to three beyond `count` are read and written, and mean nothing.
 */
export function winogradProduct(
  inputs: usize, inputStride: usize, filters: usize, filterStride: usize, outputs: usize, outputStride: usize,
  count: i32, wide: i32, depth: i32, groups: i32, short: i32,
): void {
  const wideBytes = <usize>wide << 2, outBytes = <usize>groups << 5, panelBytes = <usize>depth << 5;
  for (let p = 0; p < 36; p++) {
    let panel = filters;
    for (let g = hasPlane(p, short) ? 0 : groups; g < groups; g++) {
      let a = inputs, out = outputs + (<usize>g << 5);
      for (let t = 0; t < count; t += 4) {
        wholeTile(a, wideBytes, 4, depth, panel, out, outBytes);
        a += 4 * wideBytes;
        out += 4 * outBytes;
      }
      panel += panelBytes;
    }
    inputs += inputStride;
    filters += filterStride;
    outputs += outputStride;
  }
}

/**
 * sums[p] += V[p]ᵀ · D[p] for each plane: V [count][4 · rows], D [count][8 · groups], sums [groups][rows][4][8].
 */
export function winogradFilterProduct(
  inputs: usize, inputStride: usize, gradients: usize, gradientStride: usize, sums: usize, sumStride: usize,
  count: i32, rows: i32, groups: i32, short: i32,
): void {
  for (let p = 0; p < 36; p++) {
    if (hasPlane(p, short)) transposedProduct(inputs, gradients, sums, count, rows, groups);
    inputs += inputStride;
    gradients += gradientStride;
    sums += sumStride;
  }
}

// @ts-ignore: decorator
@inline
function hasPlane(p: i32, short: i32): bool {
  return hasPlanes(p / 6, short & SHORT_Y) && hasPlanes(p % 6, short & SHORT_X);
}

/**
 * Taps (ky, kx) = (Zᵀ S Z)[ky][kx] from the planes [groups][rows][4][8] into taps [9][4 · rows][8 · groups].
 * @param scratch 18 vectors.
 */
export function winogradTaps(sums: usize, sumStride: usize, taps: usize, scratch: usize, rows: i32, groups: i32): void {
  const rowBytes = <usize>groups << 5, tap = <usize>(4 * rows) * rowBytes;
  for (let g = 0; g < groups; g++) {
    for (let r = 0; r < 4 * rows; r++) {
      for (let half: usize = 0; half < 32; half += 16) {
        let from = sums + half;
        for (let i: usize = 0; i < 6; i++) {
          tapTransform(from, sumStride, scratch + i * 48, 16);
          from += 6 * sumStride;
        }
        const to = taps + <usize>r * rowBytes + (<usize>g << 5) + half;
        for (let j: usize = 0; j < 3; j++) tapTransform(scratch + (j << 4), 48, to + j * tap, 3 * tap);
      }
      sums += 32;
    }
  }
}
