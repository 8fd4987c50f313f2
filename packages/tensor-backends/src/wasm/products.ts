import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap } from './heap.ts';

/** Columns of a transposed factor that lie side by side while they are multiplied. */
const COLUMNS = 32;

/** out[rows][cols] = A·B in tfjs's memory, either operand stored transposed. Addresses are bytes. */
export function multiply(
  heap: WasmHeap,
  a: { address: number; transposed: boolean },
  b: { address: number; transposed: boolean },
  out: number,
  rows: number,
  cols: number,
  depth: number,
): void {
  const { pack, matmul, matmulTransposed } = heap.kernels;
  const [panels = 0, columns = 0] = heap.scratch(panelBytes(depth, cols), a.transposed ? depth * COLUMNS * 4 : 0);
  pack(b.address, panels, 1, 0, depth, b.transposed ? 4 : cols * 4, cols, b.transposed ? depth * 4 : 4);
  if (a.transposed) matmulTransposed(a.address, panels, columns, out, rows, cols, depth);
  else matmul(a.address, depth * 4, panels, out, rows, cols, depth);
}

export function panelBytes(depth: number, cols: number): number {
  return Math.ceil(cols / 8) * depth * 32;
}

/** Batched product with broadcast batches: [batch, rows, depth] × [batch, depth, cols], either stored transposed. */
export function batchMatMul(
  heap: WasmHeap,
  a: TensorInfo,
  b: TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
): TensorInfo {
  const [rows, depth] = matrixOf(a.shape, transposeA);
  const [inner, cols] = matrixOf(b.shape, transposeB);
  if (depth !== inner) {
    throw new Error(
      `matMul: the inner extents must be equal; received ${depth} and ${inner} for shapes [${a.shape}] and [${b.shape}] with transposeA=${transposeA}, transposeB=${transposeB}.`,
    );
  }
  const batches = broadcastBatches(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = heap.output([...batches.shape, rows, cols]);
  const [aStart, bStart, outStart] = [heap.address(a), heap.address(b), heap.address(out)];
  if (depth === 0) heap.zero(outStart, batches.pairs.length * rows * cols * 4);
  if (depth === 0 || rows === 0 || cols === 0) return out;
  for (const [index, [i, j]] of batches.pairs.entries()) {
    multiply(
      heap,
      { address: aStart + i * rows * depth * 4, transposed: transposeA },
      { address: bStart + j * depth * cols * 4, transposed: transposeB },
      outStart + index * rows * cols * 4,
      rows,
      cols,
      depth,
    );
  }
  return out;
}

function matrixOf(shape: readonly number[], transposed: boolean): [number, number] {
  const [first = 1, second = 1] = shape.slice(-2);
  return transposed ? [second, first] : [first, second];
}

/** Which batch of either side each output batch takes. */
function broadcastBatches(a: readonly number[], b: readonly number[]): { shape: number[]; pairs: [number, number][] } {
  const rank = Math.max(a.length, b.length);
  const extent = (shape: readonly number[], axis: number) => shape[axis - (rank - shape.length)] ?? 1;
  const shape = Array.from({ length: rank }, (_, axis) => Math.max(extent(a, axis), extent(b, axis)));
  let pairs: [number, number][] = [[0, 0]];
  for (let axis = 0; axis < rank; axis++) {
    const [m, n] = [extent(a, axis), extent(b, axis)];
    pairs = pairs.flatMap(([i, j]) =>
      Array.from({ length: shape[axis] as number }, (_, k): [number, number] => [
        i * m + (m === 1 ? 0 : k),
        j * n + (n === 1 ? 0 : k),
      ]),
    );
  }
  return { shape, pairs };
}
