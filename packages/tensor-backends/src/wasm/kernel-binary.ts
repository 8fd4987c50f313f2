import { FUSED_KERNELS_BASE64, KERNELS_BASE64 } from '#kernels';

/** (module (func (result v128) …relaxed_madd of three zero vectors…)): valid where relaxed SIMD is. */
const PROBE = Uint8Array.from(
  '\0asm\x01\0\0\0\x01\x05\x01\x60\0\x01\x7b\x03\x02\x01\0\x0a\x13\x01\x11\0A\0\xfd\x0fA\0\xfd\x0fA\0\xfd\x0f\xfd\x85\x02\x0b',
  (byte) => byte.charCodeAt(0),
);

/**
 * The kernels with fused multiply-add where this runtime compiles relaxed SIMD, else (or when `fused` is false) those
 * without. Node 20 compiles it behind a flag of V8's, which is set here; later versions do as they are.
 */
export function kernelBinary(fused: boolean): Uint8Array<ArrayBuffer> {
  const base64 = fused && hasRelaxedSimd() ? FUSED_KERNELS_BASE64 : KERNELS_BASE64;
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

function hasRelaxedSimd(): boolean {
  if (WebAssembly.validate(PROBE)) return true;
  // Not in browsers, nor in Node before 20.16: there the plain kernels run.
  const v8 = globalThis.process?.getBuiltinModule?.('node:v8');
  if (v8 === undefined) return false;
  v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.validate(PROBE);
}
