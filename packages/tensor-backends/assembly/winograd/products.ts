/*
 * The 36 products between the planes, with the micro-kernel of tile.ts (4×8 sums, one k an iteration: 14 vector
 * registers), and the filters' way into and out of the planes. Plane strides are in bytes. `short` as in tiles.ts.
 *
 * Worst error of the three passes against double precision, relative to ‖Σ |terms|‖ (`npm run errors`): forward 2.1e-7, input
 * gradient 2.4e-7, filter gradient 1.9e-7.
 */
import { madd } from '../madd';
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
      const end = panel + panelBytes;
      let a = inputs, out = outputs + (<usize>g << 5);
      for (let t = 0; t < count; t += 4) {
        let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
        let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
        let b = panel, p0 = a, p1 = a + wideBytes, p2 = p1 + wideBytes, p3 = p2 + wideBytes;
        do {
          const b0 = v128.load(b), b1 = v128.load(b, 16);
          const a0 = v128.load_splat<u32>(p0);
          c00 = madd(a0, b0, c00);
          c01 = madd(a0, b1, c01);
          const a1 = v128.load_splat<u32>(p1);
          c10 = madd(a1, b0, c10);
          c11 = madd(a1, b1, c11);
          const a2 = v128.load_splat<u32>(p2);
          c20 = madd(a2, b0, c20);
          c21 = madd(a2, b1, c21);
          const a3 = v128.load_splat<u32>(p3);
          c30 = madd(a3, b0, c30);
          c31 = madd(a3, b1, c31);
          p0 += 4; p1 += 4; p2 += 4; p3 += 4;
          b += 32;
        } while (b < end);
        v128.store(out, c00); v128.store(out, c01, 16);
        out += outBytes;
        v128.store(out, c10); v128.store(out, c11, 16);
        out += outBytes;
        v128.store(out, c20); v128.store(out, c21, 16);
        out += outBytes;
        v128.store(out, c30); v128.store(out, c31, 16);
        out += outBytes;
        a += 4 * wideBytes;
      }
      panel = end;
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
