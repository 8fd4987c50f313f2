/*
 * Dropout by a counter-based generator: error 0, the bits of the same in JavaScript (`npm run errors`).
 */
/**
 * out[row][element] = x · scale where the uniform of (key; element / 4, firstRow + row, step) is ≥ rate, else x · 0, so that
 * a NaN or an infinity stays seen; x = 0 (no address) stands for ones: the mask alone.
 * Philox 4×32-10 (Salmon et al. 2011) of four counters at once, one a lane; the uniform is the upper 24 bits of word
 * element % 4.
 */
export function dropout(
  x: usize, out: usize, rows: i32, width: i32, key0: u32, key1: u32, firstRow: u32, stepLow: u32, stepHigh: u32, rate: f32, scale: f32,
): void {
  const m0 = i32x4.splat(<i32>0xd2511f53), m1 = i32x4.splat(<i32>0xcd9e8d57), lanes = i32x4(0, 1, 2, 3);
  const rates = f32x4.splat(rate), scales = f32x4.splat(scale), unit = f32x4.splat(5.9604644775390625e-8), one = f32x4.splat(1);
  for (let r = 0; r < rows; r++) {
    for (let e = 0; e < width; e += 16) {
      let x0 = i32x4.add(i32x4.splat(e >>> 2), lanes), x1 = i32x4.splat(firstRow + <u32>r);
      let x2 = i32x4.splat(stepLow), x3 = i32x4.splat(stepHigh), k0 = key0, k1 = key1;
      for (let round = 0; round < 10; round++) {
        // Products of 64 bits: lanes 0 and 1, lanes 2 and 3.
        const a = i64x2.extmul_low_i32x4_u(m0, x0), b = i64x2.extmul_high_i32x4_u(m0, x0);
        const c = i64x2.extmul_low_i32x4_u(m1, x2), d = i64x2.extmul_high_i32x4_u(m1, x2);
        const y0 = v128.xor(v128.xor(v128.shuffle<i32>(c, d, 1, 3, 5, 7), x1), i32x4.splat(k0));
        const y2 = v128.xor(v128.xor(v128.shuffle<i32>(a, b, 1, 3, 5, 7), x3), i32x4.splat(k1));
        x1 = v128.shuffle<i32>(c, d, 0, 2, 4, 6);
        x3 = v128.shuffle<i32>(a, b, 0, 2, 4, 6);
        x0 = y0;
        x2 = y2;
        k0 += 0x9e3779b9;
        k1 += 0xbb67ae85;
      }
      // Lane l holds counter l: transposed, vector l holds its four words, which are elements e + 4·l on.
      const p = v128.shuffle<i32>(x0, x1, 0, 4, 1, 5), q = v128.shuffle<i32>(x2, x3, 0, 4, 1, 5);
      const s = v128.shuffle<i32>(x0, x1, 2, 6, 3, 7), t = v128.shuffle<i32>(x2, x3, 2, 6, 3, 7);
      const f0 = factors(v128.shuffle<i64>(p, q, 0, 2), unit, rates, scales);
      const f1 = factors(v128.shuffle<i64>(p, q, 1, 3), unit, rates, scales);
      const f2 = factors(v128.shuffle<i64>(s, t, 0, 2), unit, rates, scales);
      const f3 = factors(v128.shuffle<i64>(s, t, 1, 3), unit, rates, scales);
      const left = width - e;
      if (left >= 16) {
        v128.store(out, f32x4.mul(x == 0 ? one : v128.load(x), f0));
        v128.store(out, f32x4.mul(x == 0 ? one : v128.load(x, 16), f1), 16);
        v128.store(out, f32x4.mul(x == 0 ? one : v128.load(x, 32), f2), 32);
        v128.store(out, f32x4.mul(x == 0 ? one : v128.load(x, 48), f3), 48);
        out += 64;
        if (x != 0) x += 64;
        continue;
      }
      for (let i = 0; i < left; i++) {
        const f = i < 4 ? f0 : i < 8 ? f1 : i < 12 ? f2 : f3;
        const pair = (i & 2) == 0 ? f : v128.shuffle<i64>(f, f, 1, 1);
        const factor = (i & 1) == 0 ? f32x4.extract_lane(pair, 0) : f32x4.extract_lane(pair, 1);
        store<f32>(out, x == 0 ? factor : load<f32>(x) * factor);
        out += 4;
        if (x != 0) x += 4;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function factors(bits: v128, unit: v128, rates: v128, scales: v128): v128 {
  const uniform = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(bits, 8)), unit);
  return v128.and(scales, f32x4.ge(uniform, rates));
}
