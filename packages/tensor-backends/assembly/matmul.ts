import { tile } from './tile';

/** Rows of A that are taken through all panels at once, so that they stay in the first-level cache. */
const BLOCK: i32 = 32;

/** out[rows][cols] = A·B with A[r][k] at `a + r · rowStride + k · depthStride` (bytes) and B in panels. */
export function matmul(
  a: usize, rowStride: usize, depthStride: usize, panels: usize, out: usize, rows: i32, cols: i32, depth: i32,
): void {
  const outStride = <usize>cols << 2;
  for (let start = 0; start < rows; start += BLOCK) {
    const end = min(rows, start + BLOCK);
    let panel = panels;
    for (let j = 0; j < cols; j += 8) {
      for (let i = start; i < end; i += 4) {
        const count = min(4, end - i);
        const p0 = a + <usize>i * rowStride;
        const p1 = count > 1 ? p0 + rowStride : p0;
        const p2 = count > 2 ? p1 + rowStride : p1;
        const p3 = count > 3 ? p2 + rowStride : p2;
        tile(p0, p1, p2, p3, 1, 0, 1, 0, depth, depthStride, panel,
          out + <usize>i * outStride + (<usize>j << 2), outStride, count, min(8, cols - j));
      }
      panel += <usize>depth << 5;
    }
  }
}
