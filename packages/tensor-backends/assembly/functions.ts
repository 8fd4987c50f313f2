/*
 * Functions of each value. Polynomials are fitted to the interval that they are used on, least worst relative error (below
 * 1e-9, so that rounding decides). Worst error against double precision (`npm run errors`), relative to the value:
 * exp 8.3e-8, log 7.7e-8, tanh 1.3e-7, softplus 1.8e-7, erf 7.1e-8; leaky ReLU 0;
 * with their gradients Mish 7.4e-8, GELU 8.6e-8, relative to x and dy.
 */
import { madd } from './madd';

// @ts-ignore: decorator
@inline
function splat(value: f32): v128 {
  return f32x4.splat(value);
}

/** 2ⁿ for whole −126 ≤ n ≤ 127. */
// @ts-ignore: decorator
@inline
function power(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** eˣ = 2ⁿ · eʳ, |r| ≤ ½ ln 2. Below −104 it is 0, above 88.8 infinite, between −104 and −87.3 subnormal; NaN stays NaN. */
function exp(x: v128): v128 {
  const bounded = f32x4.min(f32x4.max(x, splat(-105)), splat(90));
  const whole = f32x4.nearest(f32x4.mul(bounded, splat(1.44269502162933349609375)));
  // ln 2 in two parts, the first of few bits, so that its products are exact.
  const part = f32x4.sub(bounded, f32x4.mul(whole, splat(0.693359375)));
  const r = f32x4.add(part, f32x4.mul(whole, splat(2.12194440054690583e-4)));
  let p = madd(splat(1.991654281e-4), r, splat(1.394611783e-3));
  p = madd(p, r, splat(8.333267644e-3));
  p = madd(p, r, splat(4.166626930e-2));
  p = madd(p, r, splat(1.666666716e-1));
  p = madd(p, r, splat(0.5));
  const e = f32x4.add(madd(p, f32x4.mul(r, r), r), splat(1));
  // In two steps, for neither factor may leave the range of normal numbers.
  const n = i32x4.trunc_sat_f32x4_s(whole), half = i32x4.shr_s(n, 1);
  return f32x4.mul(f32x4.mul(e, power(half)), power(i32x4.sub(n, half)));
}

/** ln x = n ln 2 + ln m, √½ ≤ m < √2. Of 0 it is −∞, below NaN. */
function log(x: v128): v128 {
  const tiny = f32x4.lt(x, splat(1.1754943508222875e-38));
  const scaled = v128.bitselect(f32x4.mul(x, splat(8388608)), x, tiny);
  // Counted from √½, so that the exponent's carry is where m starts anew.
  const bits = i32x4.sub(scaled, i32x4.splat(0x3f3504f3)), exponent = i32x4.shr_s(bits, 23);
  const m = i32x4.sub(scaled, i32x4.shl(exponent, 23));
  const n = f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(tiny, splat(23)));
  const f = f32x4.sub(m, splat(1)), square = f32x4.mul(f, f);
  let p = madd(splat(6.915313751e-2), f, splat(-1.178978086e-1));
  p = madd(p, f, splat(1.187298670e-1));
  p = madd(p, f, splat(-1.238435358e-1));
  p = madd(p, f, splat(1.421865672e-1));
  p = madd(p, f, splat(-1.666925102e-1));
  p = madd(p, f, splat(2.000222653e-1));
  p = madd(p, f, splat(-2.499998659e-1));
  p = madd(p, f, splat(3.333331048e-1));
  const low = madd(n, splat(-2.12194440054690583e-4), madd(f32x4.mul(p, f), square, f32x4.mul(square, splat(-0.5))));
  const y = f32x4.add(f32x4.add(low, f), f32x4.mul(n, splat(0.693359375)));
  const infinite = splat(Infinity);
  // Of 0, infinity, NaN and what is below 0.
  const usual = v128.and(f32x4.gt(x, splat(0)), f32x4.lt(x, infinite));
  const special = v128.bitselect(splat(-Infinity), v128.bitselect(x, splat(NaN), f32x4.eq(x, infinite)), f32x4.eq(x, splat(0)));
  return v128.bitselect(y, special, usual);
}

/** x + x³ · polynomial in x² below 0.625, else 1 − 2 / (e²ˣ + 1); odd. */
function tanh(x: v128): v128 {
  const sign = v128.and(x, splat(-0.0)), size = v128.xor(x, sign), z = f32x4.mul(x, x);
  let p = madd(splat(-5.717028398e-3), z, splat(2.065057121e-2));
  p = madd(p, z, splat(-5.374349281e-2));
  p = madd(p, z, splat(1.333149076e-1));
  p = madd(p, z, splat(-3.333328366e-1));
  const near = madd(f32x4.mul(p, z), x, x);
  const e = exp(f32x4.add(size, size));
  const far = f32x4.sub(splat(1), f32x4.div(splat(2), f32x4.add(e, splat(1))));
  return v128.bitselect(near, v128.or(far, sign), f32x4.lt(size, splat(0.625)));
}

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|). */
function softplus(x: v128): v128 {
  const e = exp(v128.or(x, splat(-0.0)));
  // ln(1 + e) where 1 + e was rounded to w: ln w · e / (w − 1).
  const w = f32x4.add(splat(1), e), rounded = f32x4.sub(w, splat(1));
  const l = f32x4.div(f32x4.mul(log(w), e), rounded);
  return f32x4.add(f32x4.max(x, splat(0)), v128.bitselect(e, l, f32x4.eq(rounded, splat(0))));
}

/** x + x · polynomial in x² up to 0.9375, else 1 − e^−(|x| + |x| · polynomial in |x|); odd. */
function erf(x: v128): v128 {
  const sign = v128.and(x, splat(-0.0)), size = v128.xor(x, sign), z = f32x4.mul(x, x);
  let p = madd(splat(8.296607120e-5), z, splat(-8.125805762e-4));
  p = madd(p, z, splat(5.199599545e-3));
  p = madd(p, z, splat(-2.685885131e-2));
  p = madd(p, z, splat(1.128368601e-1));
  p = madd(p, z, splat(-3.761263192e-1));
  p = madd(p, z, splat(1.283791661e-1));
  const near = madd(p, x, x);
  const t = f32x4.min(size, splat(4));
  let q = madd(splat(1.152260029e-5), t, splat(-3.256556811e-4));
  q = madd(q, t, splat(3.653775668e-3));
  q = madd(q, t, splat(-2.378537133e-2));
  q = madd(q, t, splat(1.062631756e-1));
  q = madd(q, t, splat(6.351358891e-1));
  q = madd(q, t, splat(1.286521703e-1));
  const far = f32x4.sub(splat(1), exp(f32x4.neg(madd(q, t, t))));
  return v128.bitselect(near, v128.or(far, sign), f32x4.le(size, splat(0.9375)));
}

/** x · tanh(softplus(x)) = x · w / (w + 2), w = eˣ · (eˣ + 2). From 20 on it is x. */
// @ts-ignore: decorator
@inline
function mish(x: v128): v128 {
  const e = exp(f32x4.min(x, splat(20))), w = f32x4.mul(e, f32x4.add(e, splat(2)));
  return f32x4.mul(x, f32x4.div(w, f32x4.add(w, splat(2))));
}

/** t + x · sigmoid(x) · (1 − t²), t = w / (w + 2), 1 − t² = 4 · (w + 1) / (w + 2)². */
// @ts-ignore: decorator
@inline
function mishSlope(x: v128): v128 {
  const e = exp(f32x4.min(x, splat(20))), w = f32x4.mul(e, f32x4.add(e, splat(2)));
  const r = f32x4.div(splat(1), f32x4.add(w, splat(2))), s = f32x4.div(e, f32x4.add(e, splat(1)));
  const rest = f32x4.mul(f32x4.mul(splat(4), f32x4.mul(f32x4.add(w, splat(1)), r)), r);
  return madd(f32x4.mul(x, s), rest, f32x4.mul(w, r));
}

/** x · (1 + erf(x / √2)) / 2. */
// @ts-ignore: decorator
@inline
function gelu(x: v128): v128 {
  return f32x4.mul(f32x4.mul(x, splat(0.5)), f32x4.add(splat(1), erf(f32x4.mul(x, splat(0.7071067811865476)))));
}

/** (1 + erf(x / √2)) / 2 + x · e^(−x²/2) / √(2π). */
// @ts-ignore: decorator
@inline
function geluSlope(x: v128): v128 {
  const share = f32x4.mul(splat(0.5), f32x4.add(splat(1), erf(f32x4.mul(x, splat(0.7071067811865476)))));
  const density = f32x4.mul(splat(0.3989422804014327), exp(f32x4.mul(splat(-0.5), f32x4.mul(x, x))));
  return madd(x, density, share);
}

// @ts-ignore: decorator
@inline
function apply(code: i32, x: v128): v128 {
  if (code == 0) return exp(x);
  if (code == 1) return log(x);
  if (code == 2) return tanh(x);
  if (code == 3) return softplus(x);
  if (code == 4) return erf(x);
  if (code == 5) return mish(x);
  return gelu(x);
}

/** For what is left of a row: not inlined once more for each function. */
function single(code: i32, x: v128): v128 {
  return apply(code, x);
}

// @ts-ignore: decorator
@inline
function applyAll(code: i32, x: usize, out: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(out, apply(code, v128.load(x)));
    x += 16;
    out += 16;
  }
  for (; i < count; i++) {
    store<f32>(out, f32x4.extract_lane(single(code, v128.load32_splat(x)), 0));
    x += 4;
    out += 4;
  }
}

/** out = f(x) over `count` values; f: 0 exp, 1 log, 2 tanh, 3 softplus, 4 erf, 5 Mish, 6 GELU. */
export function valueFunction(code: i32, x: usize, out: usize, count: i32): void {
  if (code == 0) applyAll(0, x, out, count);
  else if (code == 1) applyAll(1, x, out, count);
  else if (code == 2) applyAll(2, x, out, count);
  else if (code == 3) applyAll(3, x, out, count);
  else if (code == 4) applyAll(4, x, out, count);
  else if (code == 5) applyAll(5, x, out, count);
  else applyAll(6, x, out, count);
}

// @ts-ignore: decorator
@inline
function slope(code: i32, x: v128): v128 {
  return code == 5 ? mishSlope(x) : geluSlope(x);
}

function singleSlope(code: i32, x: v128): v128 {
  return slope(code, x);
}

// @ts-ignore: decorator
@inline
function chainAll(code: i32, x: usize, dy: usize, out: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(out, f32x4.mul(v128.load(dy), slope(code, v128.load(x))));
    x += 16;
    dy += 16;
    out += 16;
  }
  for (; i < count; i++) {
    store<f32>(out, load<f32>(dy) * f32x4.extract_lane(singleSlope(code, v128.load32_splat(x)), 0));
    x += 4;
    dy += 4;
    out += 4;
  }
}

/** out = dy · f′(x) over `count` values; f: 5 Mish, 6 GELU. */
export function valueFunctionGradient(code: i32, x: usize, dy: usize, out: usize, count: i32): void {
  if (code == 5) chainAll(5, x, dy, out, count);
  else chainAll(6, x, dy, out, count);
}

/** out = x ≥ 0 ? x : alpha · x. */
export function leakyRelu(x: usize, out: usize, count: i32, alpha: f32): void {
  const slope = splat(alpha);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const v = v128.load(x);
    v128.store(out, v128.bitselect(f32x4.mul(v, slope), v, f32x4.lt(v, splat(0))));
    x += 16;
    out += 16;
  }
  for (; i < count; i++) {
    const v = load<f32>(x);
    store<f32>(out, v < 0 ? v * alpha : v);
    x += 4;
    out += 4;
  }
}
