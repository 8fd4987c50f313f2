import { FILL_BASE64 } from './fill-binary.ts';
import type { StreamKey } from './philox.ts';

/** What assembly/fill.ts exports. */
interface Kernel {
  words(out: number, count: number, key0: number, key1: number, block: number): void;
  uniform(out: number, count: number, low: number, width: number): void;
  truncatedNormal(out: number, count: number, mean: number, std: number): void;
}

/** Numbers made at a time: 16 KiB, so that they stay in a core's first cache between the two passes. */
const CHUNK = 4096;
let started: { kernel: Kernel; chunk: Float32Array } | null | undefined;

/**
 * Fills `out` with the numbers of a stream from `start` on by WASM SIMD: `low + width · uniform`, or `mean + std ·
 * truncated normal`, to the bit what the stream's own functions give.
 *
 * @returns false, with nothing written, where this runtime has no WASM SIMD or an index is beyond the kernel's 32 bits.
 */
export function fillByKernel(
  out: Float32Array,
  key: StreamKey,
  start: number,
  convert: 'uniform' | 'truncatedNormal',
  offset: number,
  factor: number,
): boolean {
  if (started === undefined) started = startKernel();
  if (started === null || start + out.length > 2 ** 34) return false;
  const { kernel, chunk } = started;
  // A chunk starts with a whole block of four numbers.
  const skipped = start % 4;
  for (let at = -skipped; at < out.length; at += CHUNK) {
    const count = Math.min(CHUNK, Math.ceil((out.length - at) / 16) * 16);
    kernel.words(0, count, key[0], key[1], (start + at) / 4);
    kernel[convert](0, count, offset, factor);
    const from = Math.max(0, -at);
    out.set(chunk.subarray(from, Math.min(count, out.length - at)), at + from);
  }
  return true;
}

function startKernel(): { kernel: Kernel; chunk: Float32Array } | null {
  const binary = Uint8Array.from(atob(FILL_BASE64), (char) => char.charCodeAt(0));
  if (!WebAssembly.validate(binary)) return null;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
  return { kernel: exports as object as Kernel, chunk: new Float32Array(memory.buffer, 0, CHUNK) };
}
