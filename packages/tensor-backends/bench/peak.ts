import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { WasmHeap } from '../src/wasm/heap.ts';
import { median } from './measure.ts';

const [rows, depth, cols, calls] = [32, 128, 8, 200];

/** Until V8 has compiled the kernel with its optimizing compiler. */
const WARM_UP = 200;

/** GFLOP/s of the 4×8 micro-kernel on operands that stay in the first-level cache: 16 KiB of A, 4 KiB of B. */
export async function microKernelPeak(rounds = 31): Promise<number> {
  const heap = await WasmHeap.on(tf.backend() as BackendWasm);
  const [a = 0, panels = 0, out = 0] = heap.scratch(rows * depth * 4, depth * 32, rows * cols * 4);
  heap.zero(a, rows * depth * 4);
  heap.zero(panels, depth * 32);
  const times = Array.from({ length: rounds + WARM_UP }, () => {
    const start = performance.now();
    for (let call = 0; call < calls; call++) heap.kernels.matmul(a, depth * 4, 4, panels, out, rows, cols, depth);
    return performance.now() - start;
  });
  return (2 * rows * depth * cols * calls) / median(times.slice(WARM_UP)) / 1e6;
}
