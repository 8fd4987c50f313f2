/*
 * Products with a right-hand side in panels. Worst error against double precision, relative to ‖Σ |terms|‖ (`npm run errors`):
 * 1.1e-7.
 */
import { tile, wholeTile } from './tile';

/** Rows of A that are taken through all panels at once, so that they stay in the first-level cache. */
const BLOCK: i32 = 32;

/** out[rows][cols] = A·B with A[r][k] at `a + r · rowStride + 4·k` (bytes) and B in panels. */
export function matmul(a: usize, rowStride: usize, panels: usize, out: usize, rows: i32, cols: i32, depth: i32): void {
  for (let start = 0; start < rows; start += BLOCK) {
    const count = min(BLOCK, rows - start);
    timesPanels(a + <usize>start * rowStride, rowStride, 4, panels, out + (<usize>(start * cols) << 2), count, cols, depth);
  }
}

/**
 * out[rows][cols] = Aᵀ·B with A [depth][rows] and B in panels.
 * @param columns Room for 32 columns of A side by side, [depth][32]: as they lie, each would be a cache line, and their
 *   equal distances would fall into few sets of the cache.
 */
export function matmulTransposed(a: usize, panels: usize, columns: usize, out: usize, rows: i32, cols: i32, depth: i32): void {
  const bytes = <usize>rows << 2;
  for (let start = 0; start < rows; start += BLOCK) {
    const count = min(BLOCK, rows - start);
    let from = a + (<usize>start << 2), to = columns;
    for (let k = 0; k < depth; k++) {
      let c = 0;
      for (; c + 4 <= count; c += 4) v128.store(to + (<usize>c << 2), v128.load(from + (<usize>c << 2)));
      for (; c < count; c++) store<f32>(to + (<usize>c << 2), load<f32>(from + (<usize>c << 2)));
      from += bytes;
      to += <usize>BLOCK << 2;
    }
    timesPanels(columns, 4, <usize>BLOCK << 2, panels, out + (<usize>(start * cols) << 2), count, cols, depth);
  }
}

/** Some rows of A, whose elements are `depthStride` apart, through all panels. */
function timesPanels(
  a: usize, rowStride: usize, depthStride: usize, panels: usize, out: usize, rows: i32, cols: i32, depth: i32,
): void {
  const outStride = <usize>cols << 2;
  for (let j = 0; j < cols; j += 8) {
    for (let i = 0; i < rows; i += 4) {
      const count = min(4, rows - i);
      if (count == 4 && cols - j >= 8) {
        wholeTile(a + <usize>i * rowStride, rowStride, depthStride, depth, panels, out + <usize>i * outStride + (<usize>j << 2), outStride);
        continue;
      }
      const p0 = a + <usize>i * rowStride;
      const p1 = count > 1 ? p0 + rowStride : p0;
      const p2 = count > 2 ? p1 + rowStride : p1;
      const p3 = count > 3 ? p2 + rowStride : p2;
      tile(p0, p1, p2, p3, 1, 0, 1, 0, depth, depthStride, panels,
        out + <usize>i * outStride + (<usize>j << 2), outStride, count, min(8, cols - j));
    }
    panels += <usize>depth << 5;
  }
}
