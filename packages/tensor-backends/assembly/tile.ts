/*
 * The one micro-kernel under products and convolutions: a 4×8 tile of C = A·B held in eight vector registers. A is read
 * element by element through four row pointers (so rows may be pixels anywhere), B from panels of eight columns.
 * Four rows, two column vectors and one k an iteration are the 14 vector registers that V8 keeps without spilling.
 * Error: see matmul.ts and conv2d.ts.
 */
import { madd } from './madd';

/**
 * Sums over `outer` × `inner` stretches of `count` elements each and stores `rows` × `cols` of the tile.
 * @param step Bytes between the elements of a stretch.
 */
export function tile(
  q0: usize, q1: usize, q2: usize, q3: usize,
  outer: i32, outerStride: usize, inner: i32, innerStride: usize, count: i32, step: usize,
  panel: usize, out: usize, outStride: usize, rows: i32, cols: i32,
): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  const bytes = <usize>count << 5;
  for (let o = 0; o < outer; o++) {
    let r0 = q0, r1 = q1, r2 = q2, r3 = q3;
    for (let i = 0; i < inner; i++) {
      let p0 = r0, p1 = r1, p2 = r2, p3 = r3;
      const end = panel + bytes;
      do {
        const b0 = v128.load(panel), b1 = v128.load(panel, 16);
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
        p0 += step; p1 += step; p2 += step; p3 += step;
        panel += 32;
      } while (panel < end);
      r0 += innerStride; r1 += innerStride; r2 += innerStride; r3 += innerStride;
    }
    q0 += outerStride; q1 += outerStride; q2 += outerStride; q3 += outerStride;
  }
  storeRow(out, c00, c01, cols);
  if (rows > 1) storeRow(out + outStride, c10, c11, cols);
  if (rows > 2) storeRow(out + 2 * outStride, c20, c21, cols);
  if (rows > 3) storeRow(out + 3 * outStride, c30, c31, cols);
}

/**
 * All of a tile of one stretch, its rows `rowStride` bytes apart, where it is called: `tile`'s many arguments and cases are
 * a fifth of the time where the depth is some ten.
 */
// @ts-ignore: decorator
@inline
export function wholeTile(p0: usize, rowStride: usize, step: usize, depth: i32, panel: usize, out: usize, outStride: usize): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  let p1 = p0 + rowStride, p2 = p1 + rowStride, p3 = p2 + rowStride;
  const end = panel + (<usize>depth << 5);
  do {
    const b0 = v128.load(panel), b1 = v128.load(panel, 16);
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
    p0 += step; p1 += step; p2 += step; p3 += step;
    panel += 32;
  } while (panel < end);
  v128.store(out, c00); v128.store(out, c01, 16);
  out += outStride;
  v128.store(out, c10); v128.store(out, c11, 16);
  out += outStride;
  v128.store(out, c20); v128.store(out, c21, 16);
  out += outStride;
  v128.store(out, c30); v128.store(out, c31, 16);
}

// @ts-ignore: decorator
@inline
export function storeRow(out: usize, low: v128, high: v128, cols: i32): void {
  if (cols >= 8) {
    v128.store(out, low);
    v128.store(out, high, 16);
    return;
  }
  if (cols >= 4) {
    v128.store(out, low);
    low = high;
    out += 16;
    cols -= 4;
  }
  if (cols > 0) store<f32>(out, f32x4.extract_lane(low, 0));
  if (cols > 1) store<f32>(out, f32x4.extract_lane(low, 1), 4);
  if (cols > 2) store<f32>(out, f32x4.extract_lane(low, 2), 8);
}

/**
 * Packs the right-hand side of a product into panels: [cols / 8][taps · depth][8], missing columns zero.
 * Element (tap, k, n) is read at `source + tap · tapStride + k · depthStride + n · colStride` (bytes; a negative
 * tapStride walks a filter backwards).
 */
export function pack(
  source: usize, panels: usize, taps: i32, tapStride: isize, depth: i32, depthStride: usize, cols: i32, colStride: usize,
): void {
  for (let j = 0; j < cols; j += 8) {
    const width = min(8, cols - j);
    for (let tap = 0; tap < taps; tap++) {
      let from = <usize>(<isize>source + <isize>tap * tapStride) + <usize>j * colStride;
      for (let k = 0; k < depth; k++) {
        if (width == 8 && colStride == 4) {
          v128.store(panels, v128.load(from));
          v128.store(panels, v128.load(from, 16), 16);
        } else {
          v128.store(panels, f32x4.splat(0));
          v128.store(panels, f32x4.splat(0), 16);
          for (let n = 0; n < width; n++) store<f32>(panels + <usize>n * 4, load<f32>(from + <usize>n * colStride));
        }
        panels += 32;
        from += depthStride;
      }
    }
  }
}
