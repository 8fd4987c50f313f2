import * as tf from '@tensorflow/tfjs-core';
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { WasmHeap } from '../wasm/heap.ts';
import { wasmHeap } from '../start-backend.ts';

/** What tensors take on the current backend. */
export interface MemoryUse {
  /** Bytes of the WASM memory, which never shrinks; 0 on other backends. */
  heapBytes: number;
  tensors: number;
  /** Bytes of the tensors' values as tf.memory counts them: once for each tensor that shares them. */
  tensorBytes: number;
}

export function memoryUse(): MemoryUse {
  const { numTensors, numBytes } = tf.memory();
  const heapBytes = tf.getBackend() === 'wasm' ? (wasmHeap()?.bytes ?? 0) : 0;
  return { heapBytes, tensors: numTensors, tensorBytes: numBytes };
}

/**
 * Copies a tensor's values straight from its backend's memory; `target` may lie in a SharedArrayBuffer.
 *
 * @param part First value, where only a part is copied, of target's length.
 * @throws Error unless the tensor is float32, of target's length (or has such a part), and the backend is wasm or cpu.
 */
export function copyOut(tensor: tf.Tensor, target: Float32Array, part?: { from: number }): void {
  check('copyOut', 'target', tensor, target, part);
  const heap = heapOf('copyOut');
  const values = heap?.floats(heap.address(tensor), tensor.size) ?? (stored(tensor).values as Float32Array);
  target.set(part === undefined ? values : values.subarray(part.from, part.from + target.length));
}

/**
 * Copies values over a tensor's own, in place. A variable is first parted from its clones and reshapes, which keep their
 * values; those of another tensor change with it.
 *
 * @param part First value, where only a part is copied, of source's length.
 * @throws Error unless the tensor is float32, of source's length (or has such a part), and the backend is wasm or cpu.
 */
export function copyIn(tensor: tf.Tensor, source: Float32Array, part?: { from: number }): void {
  check('copyIn', 'source', tensor, source, part);
  if (tensor instanceof tf.Variable && tf.backend().refCount(tensor.dataId) > 1) {
    const own = tf.mul(tensor, 1);
    tensor.assign(own);
    own.dispose();
  }
  const heap = heapOf('copyIn');
  if (heap !== undefined) {
    heap.floats(heap.address(tensor), tensor.size).set(source, part?.from);
    return;
  }
  // A new array: tf.tensor takes the caller's as it is.
  const values = Float32Array.from(stored(tensor).values as Float32Array);
  values.set(source, part?.from);
  stored(tensor).values = values;
}

function check(who: string, side: string, tensor: tf.Tensor, array: Float32Array, part?: { from: number }): void {
  if (tensor.dtype !== 'float32') throw new Error(`${who}: the tensor must be float32; received ${tensor.dtype}.`);
  if (part !== undefined) {
    if (part.from >= 0 && part.from + array.length <= tensor.size) return;
    throw new Error(
      `${who}: the part must lie in the tensor's ${tensor.size} values; received ${array.length} from ${part.from}.`,
    );
  }
  if (tensor.size !== array.length) {
    throw new Error(
      `${who}: ${side} must have the tensor's ${tensor.size} values (shape [${tensor.shape}]); received ${array.length}.`,
    );
  }
}

/** The memory of the current backend; undefined on cpu, where a tensor's values are an array. */
function heapOf(who: string): WasmHeap | undefined {
  const [backend, heap] = [tf.getBackend(), wasmHeap()];
  if (backend === 'cpu') return undefined;
  if (backend === 'wasm' && heap !== undefined) return heap;
  throw new Error(`${who}: the backend must be wasm or cpu; this is ${backend}. Call startBackend first.`);
}

function stored({ dataId }: tf.Tensor): { values?: tf.BackendValues } {
  return (tf.backend() as MathBackendCPU).data.get(dataId);
}
