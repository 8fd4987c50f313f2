import { expect, test } from 'vitest';
import { FUSED_KERNELS_BASE64, KERNELS_BASE64 } from '../generated/kernels-binary.ts';
import { kernelBinary } from './kernel-binary.ts';

test.each([
  ['plain', KERNELS_BASE64],
  ['fused', FUSED_KERNELS_BASE64],
])(
  'the %s kernels have no data, no memory and no table of their own: they would overwrite tfjs',
  async (name, base64) => {
    // Switches relaxed SIMD on where it needs that.
    kernelBinary(name === 'fused');
    const binary = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const sections = new Set<number>();
    let at = 8;
    while (at < binary.length) {
      sections.add(binary[at++] as number);
      let size = 0;
      for (let shift = 0, byte = 0x80; byte & 0x80; shift += 7) {
        byte = binary[at++] as number;
        size |= (byte & 0x7f) << shift;
      }
      at += size;
    }
    expect(at).toBe(binary.length);
    // 1 type, 2 import, 3 function, 7 export, 10 code; not 4 table, 5 memory, 11 data.
    for (const own of [5, 8, 11]) expect(sections).not.toContain(own);
    expect(WebAssembly.Module.imports(new WebAssembly.Module(binary))).toEqual([
      { module: 'env', name: 'memory', kind: 'memory' },
    ]);
  },
);
