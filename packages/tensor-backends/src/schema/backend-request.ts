import { z } from 'zod';

/** What computes. */
export type BackendName = 'wasm' | 'cpu';

/** What each backend is, in the order in which `auto` prefers them. */
export const backendDescriptions: Readonly<Record<BackendName, string>> = {
  wasm: 'WebAssembly with SIMD: fast everywhere, nothing to install',
  cpu: 'plain JavaScript: slow, works wherever JavaScript does',
};

/** The spec's `backend`. */
export const backendRequestSchema = z
  .enum(['auto', 'wasm', 'cpu'])
  .describe('What computes: wasm (WebAssembly SIMD), cpu (plain JavaScript), or auto, the fastest there is.');
export type BackendRequest = z.output<typeof backendRequestSchema>;
