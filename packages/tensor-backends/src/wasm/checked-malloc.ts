import { BackendError } from '../backend-error.ts';

/** Of tfjs's binary. Addresses above 2 GiB come as negative numbers. */
export interface Allocator {
  _malloc(bytes: number): number;
  _free(address: number): void;
}

const MIB = 2 ** 20;

/**
 * Makes an allocation that fails an error, for kernels of tfjs too: they would take address 0, and overwrite what stands
 * there. A size from 4 GiB on is refused at once: WebAssembly would take it modulo 2^32.
 *
 * The error names the size of the memory, which only grows: it may hold freed parts that are too small.
 */
export function checkMalloc(allocator: Allocator, memory: WebAssembly.Memory): void {
  // The first call puts the binary's own function in place of the one that waits for it.
  allocator._free(allocator._malloc(1));
  const malloc = allocator._malloc.bind(allocator);
  allocator._malloc = (bytes) => {
    const address = bytes < 2 ** 32 ? malloc(bytes) : 0;
    if (address !== 0 || bytes === 0) return address;
    throw new BackendError(
      `backend "wasm": no room for ${Math.ceil(bytes / MIB)} MiB (${Math.round(memory.buffer.byteLength / MIB)} MiB in use). Use a smaller batchSize or backend cpu.`,
    );
  };
}
