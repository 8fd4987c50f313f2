import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { BackendError } from '../backend-error.ts';
import { type Allocator, checkMalloc } from './checked-malloc.ts';
import { kernelBinary } from './kernel-binary.ts';
import type { KernelExports } from './kernel-exports.ts';

/** Bytes that a kernel may read (never use) past the end of a frame. */
export const FRAME_SLACK = 64;

/**
 * tfjs-backend-wasm's memory, and our kernels working on its tensors in place. Addresses are bytes in that memory; views
 * are made anew for each use, because the memory moves when it grows.
 */
export class WasmHeap {
  kernels: KernelExports;
  /** Direct convolutions only: see StartOptions. */
  precise = false;
  readonly #backend: BackendWasm;
  readonly #allocator: Allocator;
  readonly #memory: WebAssembly.Memory;
  #fused = true;
  #scratch = { start: 0, bytes: 0 };

  private constructor(backend: BackendWasm, memory: WebAssembly.Memory, kernels: KernelExports) {
    this.#backend = backend;
    this.#allocator = backend.wasm as object as Allocator;
    this.#memory = memory;
    this.kernels = kernels;
  }

  /** Instantiates the kernels on the memory of a started backend. @throws BackendError if its memory is out of reach. */
  static async on(backend: BackendWasm): Promise<WasmHeap> {
    const { asm } = backend.wasm as { asm?: { memory?: unknown } };
    const memory = asm?.memory;
    if (!(memory instanceof WebAssembly.Memory)) {
      throw new BackendError(
        'backend "wasm": the memory of tfjs-backend-wasm could not be reached. Install @tensorflow/tfjs-backend-wasm at exactly 4.22.0.',
      );
    }
    checkMalloc(backend.wasm as object as Allocator, memory);
    return new WasmHeap(backend, memory, await instantiate(memory, true));
  }

  /** Whether products round once for a multiplication and its addition: by processor, runtime and choice. */
  get fusedMultiplyAdd(): boolean {
    return this.kernels.fusesMultiplyAdd(1) !== 0;
  }

  /** Instantiates the kernels, with fused multiply-add where it can be had and is wanted. */
  async takeKernels(fused: boolean): Promise<void> {
    if (this.#fused === fused) return;
    this.kernels = await instantiate(this.#memory, fused);
    this.#fused = fused;
  }

  /** Size of the memory: what was in use at most. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Where a tensor's values start. */
  address({ dataId }: TensorInfo): number {
    return this.#backend.dataIdMap.get(dataId).memoryOffset;
  }

  /** A new tensor with undefined content. */
  output(shape: readonly number[], dtype: DataType = 'float32'): TensorInfo {
    return this.#backend.makeOutput([...shape], dtype);
  }

  /** The same values under another shape; the caller owns one reference more. */
  alias({ dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
    this.#backend.incRef(dataId);
    return { dataId, dtype, shape: [...shape] };
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, length);
  }

  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, address, length);
  }

  ints(address: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, address, length);
  }

  zero(address: number, bytes: number): void {
    new Uint8Array(this.#memory.buffer, address, bytes).fill(0);
  }

  /** Addresses of buffers of these sizes in bytes, valid until the next call; undefined content. */
  scratch(...sizes: readonly number[]): number[] {
    const total = sizes.reduce((sum, size) => sum + aligned(size), 0);
    if (total > this.#scratch.bytes) {
      if (this.#scratch.start !== 0) this.#allocator._free(this.#scratch.start);
      this.#scratch = { start: 0, bytes: 0 };
      this.#scratch = { start: this.#allocator._malloc(total + 64) >>> 0, bytes: total };
    }
    let next = aligned(this.#scratch.start);
    return sizes.map((size) => {
      const address = next;
      next += aligned(size);
      return address;
    });
  }
}

async function instantiate(memory: WebAssembly.Memory, fused: boolean): Promise<KernelExports> {
  const { instance } = await WebAssembly.instantiate(kernelBinary(fused), { env: { memory } });
  return instance.exports as KernelExports & WebAssembly.Exports;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
