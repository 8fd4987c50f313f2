/**
 * The numbers of a stream, many at a time: see src/random-stream.ts, which makes the same bits one by one. Pointers are
 * byte offsets and counts are of numbers, multiples of 16.
 */

/** Philox 4×32-10 (Salmon et al. 2011) of the counters block, block + 1, …: four words each, four counters at once. */
export function words(out: usize, count: i32, key0: u32, key1: u32, block: u32): void {
  const m0 = i32x4.splat(<i32>0xd2511f53), m1 = i32x4.splat(<i32>0xcd9e8d57), lanes = i32x4(0, 1, 2, 3);
  for (const end = out + (<usize>count << 2); out < end; out += 64, block += 4) {
    let x0 = i32x4.add(i32x4.splat(block), lanes), x1 = i32x4.splat(0), x2 = x1, x3 = x1, k0 = key0, k1 = key1;
    for (let round = 0; round < 10; round++) {
      // Products of 64 bits: lanes 0 and 1, lanes 2 and 3.
      const a = i64x2.extmul_low_i32x4_u(m0, x0), b = i64x2.extmul_high_i32x4_u(m0, x0);
      const c = i64x2.extmul_low_i32x4_u(m1, x2), d = i64x2.extmul_high_i32x4_u(m1, x2);
      x0 = v128.xor(v128.xor(v128.shuffle<i32>(c, d, 1, 3, 5, 7), x1), i32x4.splat(k0));
      x2 = v128.xor(v128.xor(v128.shuffle<i32>(a, b, 1, 3, 5, 7), x3), i32x4.splat(k1));
      x1 = v128.shuffle<i32>(c, d, 0, 2, 4, 6);
      x3 = v128.shuffle<i32>(a, b, 0, 2, 4, 6);
      k0 += 0x9e3779b9;
      k1 += 0xbb67ae85;
    }
    // Lane l holds counter l: transposed, vector l holds its four words.
    const p = v128.shuffle<i32>(x0, x1, 0, 4, 1, 5), q = v128.shuffle<i32>(x2, x3, 0, 4, 1, 5);
    const s = v128.shuffle<i32>(x0, x1, 2, 6, 3, 7), t = v128.shuffle<i32>(x2, x3, 2, 6, 3, 7);
    v128.store(out, v128.shuffle<i64>(p, q, 0, 2));
    v128.store(out, v128.shuffle<i64>(p, q, 1, 3), 16);
    v128.store(out, v128.shuffle<i64>(s, t, 0, 2), 32);
    v128.store(out, v128.shuffle<i64>(s, t, 1, 3), 48);
  }
}

/** Words to floats in place: low + width · u, with u the upper 24 bits · 2^-24, rounded once to f32. */
export function uniform(out: usize, count: i32, low: f64, width: f64): void {
  const lows = f64x2.splat(low), widths = f64x2.splat(width), unit = f64x2.splat(5.9604644775390625e-8);
  for (const end = out + (<usize>count << 2); out < end; out += 16) {
    const bits = i32x4.shr_u(v128.load(out), 8);
    const a = f64x2.add(lows, f64x2.mul(widths, f64x2.mul(f64x2.convert_low_i32x4_u(bits), unit)));
    const b = f64x2.add(lows, f64x2.mul(widths, f64x2.mul(f64x2.convert_low_i32x4_u(upper(bits)), unit)));
    v128.store(out, floats(a, b));
  }
}

/** Words to floats in place: mean + std · z, with z the normal of a signed word that src/normal.ts defines. */
export function truncatedNormal(out: usize, count: i32, mean: f64, std: f64): void {
  const means = f64x2.splat(mean), stds = f64x2.splat(std);
  for (const end = out + (<usize>count << 2); out < end; out += 16) {
    const bits = v128.load(out);
    const a = f64x2.add(means, f64x2.mul(stds, central(bits)));
    const b = f64x2.add(means, f64x2.mul(stds, central(upper(bits))));
    v128.store(out, floats(a, b));
  }
}

// @ts-ignore: decorator
@inline
function central(bits: v128): v128 {
  const place = f64x2.add(f64x2.convert_low_i32x4_s(bits), f64x2.splat(0.5));
  // P(|z| ≤ 2) · 2^-32
  const q = f64x2.mul(place, f64x2.splat(0.9544997361036416 / 4294967296));
  const r = f64x2.mul(q, q);
  let above = plus(r, -39.69683028665376, 220.9460984245205);
  above = times(above, r, -275.9285104469687);
  above = times(above, r, 138.3577518672690);
  above = times(above, r, -30.66479806614716);
  above = times(above, r, 2.506628277459239);
  let below = plus(r, -54.47609879822406, 161.5858368580409);
  below = times(below, r, -155.6989798598866);
  below = times(below, r, 66.80131188771972);
  below = times(below, r, -13.28068155288572);
  below = times(below, r, 1);
  return f64x2.div(f64x2.mul(above, q), below);
}

// @ts-ignore: decorator
@inline
function plus(r: v128, factor: f64, term: f64): v128 {
  return f64x2.add(f64x2.mul(f64x2.splat(factor), r), f64x2.splat(term));
}

// @ts-ignore: decorator
@inline
function times(sum: v128, r: v128, term: f64): v128 {
  return f64x2.add(f64x2.mul(sum, r), f64x2.splat(term));
}

// @ts-ignore: decorator
@inline
function upper(bits: v128): v128 {
  return v128.shuffle<i64>(bits, bits, 1, 1);
}

// @ts-ignore: decorator
@inline
function floats(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
}
