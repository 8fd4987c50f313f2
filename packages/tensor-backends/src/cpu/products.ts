/** Columns and depth of a block: three of its panels fit in the first-level cache. */
const BLOCK = 128;

/** out[rows][cols] += A·B on row-major arrays, in blocks; the innermost loop runs along rows of B and out. */
export function multiplyAdd(
  a: Float32Array,
  b: Float32Array,
  out: Float32Array,
  rows: number,
  cols: number,
  depth: number,
): void {
  for (let k0 = 0; k0 < depth; k0 += BLOCK) {
    const k1 = Math.min(depth, k0 + BLOCK);
    for (let j0 = 0; j0 < cols; j0 += BLOCK) {
      const j1 = Math.min(cols, j0 + BLOCK);
      for (let i = 0; i < rows; i++) multiplyRow(a, b, out, i * depth, i * cols, cols, k0, k1, j0, j1);
    }
  }
}

/** Two depths at a time halve the traffic on `out`. */
function multiplyRow(
  a: Float32Array,
  b: Float32Array,
  out: Float32Array,
  aRow: number,
  outRow: number,
  cols: number,
  k0: number,
  k1: number,
  j0: number,
  j1: number,
): void {
  let k = k0;
  for (; k + 1 < k1; k += 2) {
    const v0 = a[aRow + k] as number;
    const v1 = a[aRow + k + 1] as number;
    const b0 = k * cols;
    const b1 = b0 + cols;
    for (let j = j0; j < j1; j++) {
      out[outRow + j] = (out[outRow + j] as number) + v0 * (b[b0 + j] as number) + v1 * (b[b1 + j] as number);
    }
  }
  if (k < k1) {
    const v0 = a[aRow + k] as number;
    const b0 = k * cols;
    for (let j = j0; j < j1; j++) out[outRow + j] = (out[outRow + j] as number) + v0 * (b[b0 + j] as number);
  }
}

/** The transposed copy of a row-major matrix. */
export function transpose(matrix: Float32Array, rows: number, cols: number): Float32Array {
  const out = new Float32Array(rows * cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = matrix[i * cols + j] as number;
  return out;
}
