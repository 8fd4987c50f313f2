import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { WasmHeap } from '../src/wasm/heap.ts';
import type { Subject } from './measure.ts';

const [rows, depth, cols, calls] = [32, 128, 8, 200];

/** Until V8 has compiled the kernel with its optimizing compiler. */
const WARM_UP = 200;

/** Floating-point operations of one run of the subject. */
export const peakOperations = 2 * rows * depth * cols * calls;

/**
 * The 4×8 micro-kernel on operands that stay in the first-level cache: 16 KiB of A, 4 KiB of B. A subject like the
 * kernels it is compared with, so that it meets the same moments of a busy machine.
 */
export async function microKernelPeak(): Promise<Subject> {
  const heap = await WasmHeap.on(tf.backend() as BackendWasm);
  const bytes = rows * depth * 4 + depth * 32 + rows * cols * 4;
  const [a = 0] = heap.scratch(bytes);
  const [panels, out] = [a + rows * depth * 4, a + rows * depth * 4 + depth * 32];
  heap.zero(a, bytes);
  const run = () => {
    for (let call = 0; call < calls; call++) heap.kernels.matmul(a, depth * 4, 4, panels, out, rows, cols, depth);
  };
  for (let i = 0; i < WARM_UP; i++) run();
  return { name: 'peak', run };
}
