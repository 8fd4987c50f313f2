/*
 * The one-dimensional transforms of Winograd's minimal filtering with the six points 0, ±1, ±2, ∞ (Lavin and Gray 2016,
 * https://arxiv.org/abs/1509.09308). Each takes vectors of four channels from `from + i · step` to `to + i · stride`;
 * rows and columns are taken one after the other through 36 vectors of scratch.
 *
 * F(4, 3), forward:        y[4] = Aᵀ[(G g[3]) ⊙ (Bᵀ d[6])]
 * F(3, 4), filter gradient: w[3] = Zᵀ[(H y[4]) ⊙ (Bᵀ d[6])], with the same Bᵀ, so that both share the transformed input.
 *
 * Where a tile has only one or two pixels to give, F(2, 3) and F(3, 2) do with the four points 0, ±1, ∞. Their transforms
 * (`short`) are scaled so that they meet the same transformed filter: they use the places 0, 1, 2 and 5 of it, and of
 * the sums; places 3 and 4 are neither read nor written.
 * Error: see products.ts.
 */

import { madd, nmadd } from '../madd';

/** Bᵀ: 6 → 6. */
// @ts-ignore: decorator
@inline
export function inputTransform(from: usize, step: usize, to: usize, stride: usize): void {
  const d0 = v128.load(from), d1 = v128.load(from + step), d2 = v128.load(from + 2 * step);
  const d3 = v128.load(from + 3 * step), d4 = v128.load(from + 4 * step), d5 = v128.load(from + 5 * step);
  const two = f32x4.splat(2), four = f32x4.splat(4), five = f32x4.splat(5);
  v128.store(to, nmadd(five, d2, madd(four, d0, d4)));
  const even = nmadd(four, d2, d4), odd = nmadd(four, d1, d3);
  v128.store(to + stride, f32x4.add(even, odd));
  v128.store(to + 2 * stride, f32x4.sub(even, odd));
  const evenTwo = f32x4.sub(d4, d2), oddTwo = f32x4.mul(two, f32x4.sub(d3, d1));
  v128.store(to + 3 * stride, f32x4.add(evenTwo, oddTwo));
  v128.store(to + 4 * stride, f32x4.sub(evenTwo, oddTwo));
  v128.store(to + 5 * stride, nmadd(five, d3, madd(four, d1, d5)));
}

/** Bᵀ of the four points: 4 → places 0, 1, 2, 5. */
// @ts-ignore: decorator
@inline
export function shortInputTransform(from: usize, step: usize, to: usize, stride: usize): void {
  const d0 = v128.load(from), d1 = v128.load(from + step), d2 = v128.load(from + 2 * step), d3 = v128.load(from + 3 * step);
  const three = f32x4.splat(3);
  v128.store(to, f32x4.mul(f32x4.splat(4), f32x4.sub(d0, d2)));
  v128.store(to + stride, f32x4.mul(f32x4.splat(-3), f32x4.add(d1, d2)));
  v128.store(to + 2 * stride, f32x4.mul(three, f32x4.sub(d1, d2)));
  v128.store(to + 5 * stride, f32x4.sub(d3, d1));
}

/** Aᵀ: 6 → 4. */
// @ts-ignore: decorator
@inline
export function outputTransform(from: usize, step: usize, to: usize, stride: usize): void {
  const m0 = v128.load(from), m1 = v128.load(from + step), m2 = v128.load(from + 2 * step);
  const m3 = v128.load(from + 3 * step), m4 = v128.load(from + 4 * step), m5 = v128.load(from + 5 * step);
  const sum = f32x4.add(m1, m2), difference = f32x4.sub(m1, m2);
  const sumTwo = f32x4.add(m3, m4), differenceTwo = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(m0, sum), sumTwo));
  v128.store(to + stride, f32x4.add(difference, f32x4.add(differenceTwo, differenceTwo)));
  v128.store(to + 2 * stride, madd(f32x4.splat(4), sumTwo, sum));
  v128.store(to + 3 * stride, f32x4.add(madd(f32x4.splat(8), differenceTwo, difference), m5));
}

/** Aᵀ of the four points: places 0, 1, 2, 5 → 2. */
// @ts-ignore: decorator
@inline
export function shortOutputTransform(from: usize, step: usize, to: usize, stride: usize): void {
  const m1 = v128.load(from + step), m2 = v128.load(from + 2 * step);
  v128.store(to, f32x4.add(v128.load(from), f32x4.add(m1, m2)));
  v128.store(to + stride, f32x4.add(f32x4.sub(m1, m2), v128.load(from + 5 * step)));
}

/** G: 3 → 6. */
// @ts-ignore: decorator
@inline
export function filterTransform(from: usize, step: usize, to: usize, stride: usize): void {
  const g0 = v128.load(from), g1 = v128.load(from + step), g2 = v128.load(from + 2 * step);
  const sixth = f32x4.splat(-1.0 / 6.0);
  v128.store(to, f32x4.mul(g0, f32x4.splat(0.25)));
  const outer = f32x4.add(g0, g2);
  v128.store(to + stride, f32x4.mul(sixth, f32x4.add(outer, g1)));
  v128.store(to + 2 * stride, f32x4.mul(sixth, f32x4.sub(outer, g1)));
  const even = f32x4.mul(f32x4.splat(1.0 / 24.0), madd(f32x4.splat(4), g2, g0));
  const odd = f32x4.mul(f32x4.splat(1.0 / 12.0), g1);
  v128.store(to + 3 * stride, f32x4.add(even, odd));
  v128.store(to + 4 * stride, f32x4.sub(even, odd));
  v128.store(to + 5 * stride, g2);
}

/** H: 4 → 6. */
// @ts-ignore: decorator
@inline
export function gradientTransform(from: usize, step: usize, to: usize, stride: usize): void {
  const y0 = v128.load(from), y1 = v128.load(from + step), y2 = v128.load(from + 2 * step), y3 = v128.load(from + 3 * step);
  const sixth = f32x4.splat(-1.0 / 6.0), four = f32x4.splat(4);
  v128.store(to, f32x4.mul(y0, f32x4.splat(0.25)));
  const even = f32x4.add(y0, y2), odd = f32x4.add(y1, y3);
  v128.store(to + stride, f32x4.mul(sixth, f32x4.add(even, odd)));
  v128.store(to + 2 * stride, f32x4.mul(sixth, f32x4.sub(even, odd)));
  const evenTwo = f32x4.mul(f32x4.splat(1.0 / 24.0), madd(four, y2, y0));
  const oddTwo = f32x4.mul(f32x4.splat(1.0 / 12.0), madd(four, y3, y1));
  v128.store(to + 3 * stride, f32x4.add(evenTwo, oddTwo));
  v128.store(to + 4 * stride, f32x4.sub(evenTwo, oddTwo));
  v128.store(to + 5 * stride, y3);
}

/** H of the four points: 2 → places 0, 1, 2, 5. */
// @ts-ignore: decorator
@inline
export function shortGradientTransform(from: usize, step: usize, to: usize, stride: usize): void {
  const y0 = v128.load(from), y1 = v128.load(from + step);
  const sixth = f32x4.splat(-1.0 / 6.0);
  v128.store(to, f32x4.mul(y0, f32x4.splat(0.25)));
  v128.store(to + stride, f32x4.mul(sixth, f32x4.add(y0, y1)));
  v128.store(to + 2 * stride, f32x4.mul(sixth, f32x4.sub(y0, y1)));
  v128.store(to + 5 * stride, y1);
}

/** Zᵀ: 6 → 3, of the sums over tiles of either kind. */
// @ts-ignore: decorator
@inline
export function tapTransform(from: usize, step: usize, to: usize, stride: usize): void {
  const m1 = v128.load(from + step), m2 = v128.load(from + 2 * step);
  const m3 = v128.load(from + 3 * step), m4 = v128.load(from + 4 * step);
  const sum = f32x4.add(m1, m2), difference = f32x4.sub(m1, m2);
  const sumTwo = f32x4.add(m3, m4), differenceTwo = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(v128.load(from), sum), sumTwo));
  v128.store(to + stride, f32x4.add(difference, f32x4.add(differenceTwo, differenceTwo)));
  v128.store(to + 2 * stride, f32x4.add(madd(f32x4.splat(4), sumTwo, sum), v128.load(from + 5 * step)));
}
