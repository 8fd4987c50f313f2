/*
 * Functions of two values, with broadcasting, and copies of rows: error 0 (`npm run errors`).
 */
// @ts-ignore: decorator
@inline
function apply(code: i32, a: v128, b: v128): v128 {
  if (code == 0) return f32x4.max(a, b);
  if (code == 1) return f32x4.min(a, b);
  if (code == 2) return v128.bitselect(f32x4.mul(a, b), a, f32x4.lt(a, f32x4.splat(0)));
  if (code == 3) return f32x4.eq(a, b);
  if (code == 4) return f32x4.ne(a, b);
  if (code == 5) return f32x4.gt(a, b);
  if (code == 6) return f32x4.ge(a, b);
  if (code == 7) return f32x4.lt(a, b);
  return f32x4.le(a, b);
}

/** For what is left of a row: not inlined once more for each function. */
function single(code: i32, a: v128, b: v128): v128 {
  return apply(code, a, b);
}

/** Four lanes as four bytes of 0 or 1. */
// @ts-ignore: decorator
@inline
function bytes(mask: v128): v128 {
  const words = i16x8.narrow_i32x4_s(mask, mask);
  return v128.and(i8x16.narrow_i16x8_s(words, words), i8x16.splat(1));
}

/** One row; a step is 0 for a value that stands for the whole row, else 1. */
// @ts-ignore: decorator
@inline
function row(code: i32, a: usize, stepA: i32, b: usize, stepB: i32, out: usize, count: i32): void {
  let i = 0;
  const nextA = <usize>stepA << 4, nextB = <usize>stepB << 4;
  for (; i + 4 <= count; i += 4) {
    const left = stepA == 0 ? v128.load32_splat(a) : v128.load(a);
    const right = stepB == 0 ? v128.load32_splat(b) : v128.load(b);
    const value = apply(code, left, right);
    if (code < 3) v128.store(out, value), (out += 16);
    else v128.store32_lane(out, bytes(value), 0), (out += 4);
    a += nextA;
    b += nextB;
  }
  for (; i < count; i++) {
    const value = single(code, v128.load32_splat(a), v128.load32_splat(b));
    if (code < 3) store<f32>(out, f32x4.extract_lane(value, 0)), (out += 4);
    else store<u8>(out, i32x4.extract_lane(value, 0) & 1), (out += 1);
    a += <usize>stepA << 2;
    b += <usize>stepB << 2;
  }
}

// @ts-ignore: decorator
@inline
function rows(
  code: i32, a: usize, b: usize, out: usize, d0: i32, d1: i32, d2: i32, d3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
): void {
  const bytesOut = <usize>d3 << (code < 3 ? 2 : 0);
  for (let i = 0; i < d0; i++) {
    for (let j = 0; j < d1; j++) {
      let x = a + (<usize>(i * a0 + j * a1) << 2), y = b + (<usize>(i * b0 + j * b1) << 2);
      for (let k = 0; k < d2; k++) {
        row(code, x, a3, y, b3, out, d3);
        x += <usize>a2 << 2;
        y += <usize>b2 << 2;
        out += bytesOut;
      }
    }
  }
}

/**
 * out = f(a, b) over [d0, d1, d2, d3]; a and b advance by their strides, in values, 0 where they are broadcast; in the last
 * axis 0 or 1. f: 0 max, 1 min (a NaN wins), 2 a < 0 ? a · b : a; as bytes 3 =, 4 ≠, 5 >, 6 ≥, 7 <, 8 ≤.
 */
export function pairFunction(
  code: i32, a: usize, b: usize, out: usize, d0: i32, d1: i32, d2: i32, d3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32, b0: i32, b1: i32, b2: i32, b3: i32,
): void {
  if (code == 0) rows(0, a, b, out, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
  else if (code == 1) rows(1, a, b, out, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
  else if (code == 2) rows(2, a, b, out, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
  else if (code == 3) rows(3, a, b, out, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
  else if (code == 4) rows(4, a, b, out, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
  else if (code == 5) rows(5, a, b, out, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
  else if (code == 6) rows(6, a, b, out, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
  else if (code == 7) rows(7, a, b, out, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
  else rows(8, a, b, out, d0, d1, d2, d3, a0, a1, a2, a3, b0, b1, b2, b3);
}

/** `rows` rows of `length` values, which stand `fromStride` and `toStride` values apart. */
export function copyRows(from: usize, to: usize, rows: i32, length: i32, fromStride: i32, toStride: i32): void {
  for (let r = 0; r < rows; r++) {
    let i = 0;
    for (; i + 4 <= length; i += 4) v128.store(to + (<usize>i << 2), v128.load(from + (<usize>i << 2)));
    for (; i < length; i++) store<f32>(to + (<usize>i << 2), load<f32>(from + (<usize>i << 2)));
    from += <usize>fromStride << 2;
    to += <usize>toStride << 2;
  }
}
