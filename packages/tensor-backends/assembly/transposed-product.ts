/*
 * Worst error against double precision of the filter gradients made of it, relative to ‖Σ |terms|‖ (`npm run errors`): 7.8e-8.
 */
import { madd } from './madd';

/**
 * sums += Aᵀ·B over `count` rows: A [count][4 · rows], B [count][8 · groups], sums [groups][rows][4][8]. The 4×8 sums of
 * tile.ts, both operands read as they lie; strips of some 32 rows keep them in the first-level cache.
 */
export function transposedProduct(a: usize, b: usize, sums: usize, count: i32, rows: i32, groups: i32): void {
  const inputBytes = <usize>rows << 4, gradientBytes = <usize>groups << 5;
  for (let g = 0; g < groups; g++) {
    const start = b + (<usize>g << 5), end = start + <usize>count * gradientBytes;
    for (let r = 0; r < rows; r++) {
      let c00 = v128.load(sums), c01 = v128.load(sums, 16), c10 = v128.load(sums, 32), c11 = v128.load(sums, 48);
      let c20 = v128.load(sums, 64), c21 = v128.load(sums, 80), c30 = v128.load(sums, 96), c31 = v128.load(sums, 112);
      let p = start, q = a + (<usize>r << 4);
      do {
        const b0 = v128.load(p), b1 = v128.load(p, 16);
        const a0 = v128.load_splat<u32>(q);
        c00 = madd(a0, b0, c00);
        c01 = madd(a0, b1, c01);
        const a1 = v128.load_splat<u32>(q, 4);
        c10 = madd(a1, b0, c10);
        c11 = madd(a1, b1, c11);
        const a2 = v128.load_splat<u32>(q, 8);
        c20 = madd(a2, b0, c20);
        c21 = madd(a2, b1, c21);
        const a3 = v128.load_splat<u32>(q, 12);
        c30 = madd(a3, b0, c30);
        c31 = madd(a3, b1, c31);
        q += inputBytes;
        p += gradientBytes;
      } while (p < end);
      v128.store(sums, c00); v128.store(sums, c01, 16); v128.store(sums, c10, 32); v128.store(sums, c11, 48);
      v128.store(sums, c20, 64); v128.store(sums, c21, 80); v128.store(sums, c30, 96); v128.store(sums, c31, 112);
      sums += 128;
    }
  }
}
