import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { WasmHeap } from '../src/wasm/heap.ts';
import type { Subject } from './measure.ts';

/**
 * What the machine can do, as a subject like the kernels that are compared with it: it meets the same moments of a busy
 * machine. `work` is in the unit of the kernels: floating-point operations, or bytes.
 */
export interface Yardstick extends Subject {
  work: number;
}

const [rows, depth, cols, calls] = [32, 128, 8, 200];

/** Until V8 has compiled the kernel with its optimizing compiler. */
const WARM_UP = 200;

/** The 4×8 micro-kernel on operands that stay in the first-level cache: 16 KiB of A, 4 KiB of B. */
export async function microKernelPeak(): Promise<Yardstick> {
  const heap = await WasmHeap.on(tf.backend() as BackendWasm);
  const bytes = rows * depth * 4 + depth * 32 + rows * cols * 4;
  const [a = 0] = heap.scratch(bytes);
  const [panels, out] = [a + rows * depth * 4, a + rows * depth * 4 + depth * 32];
  heap.zero(a, bytes);
  const run = () => {
    for (let call = 0; call < calls; call++) heap.kernels.matmul(a, depth * 4, panels, out, rows, cols, depth);
  };
  for (let i = 0; i < WARM_UP; i++) run();
  return { name: 'peak', run, work: 2 * rows * depth * cols * calls };
}

/** Copying 16 MiB: bytes read and bytes written. */
export function memoryCopy(): Yardstick {
  const size = 2 ** 24;
  const [from, to] = [new Uint8Array(size).fill(1), new Uint8Array(size)];
  return { name: 'copy', run: () => to.set(from), work: 2 * size };
}
