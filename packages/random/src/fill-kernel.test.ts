import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from '../scripts/compile.ts';
import { FILL_BASE64 } from './fill-binary.ts';
import { fillByKernel } from './fill-kernel.ts';
import { truncatedNormalOfBits } from './normal.ts';
import { philox4x32, type StreamKey } from './philox.ts';
import { bitsToUniform } from './random-stream.ts';

test('the binary is what the assembly compiles to; else: npm run binary', async () => {
  expect(Buffer.from(await compile()).toString('base64')).toBe(FILL_BASE64);
});

test('the kernel gives the bits of the definition, over its chunks, for any key and slice', () => {
  const word = fc.integer({ min: 0, max: 0xffffffff });
  const start = fc.oneof(fc.nat(100), fc.integer({ min: 2 ** 34 - 20_000, max: 2 ** 34 - 10_000 }));
  fc.assert(
    fc.property(
      word,
      word,
      start,
      fc.nat(9000),
      fc.float({ min: -5, max: 5, noNaN: true }),
      (a, b, first, length, factor) => {
        const bits = wordsOf([a, b], first, length);
        const uniforms = new Float32Array(length);
        expect(fillByKernel(uniforms, [a, b], first, 'uniform', 0.1, factor)).toBe(true);
        expect(uniforms).toEqual(bits.map((each) => 0.1 + factor * bitsToUniform(each)));
        const normals = new Float32Array(length);
        expect(fillByKernel(normals, [a, b], first, 'truncatedNormal', 0.1, factor)).toBe(true);
        expect(normals).toEqual(bits.map((each) => 0.1 + factor * truncatedNormalOfBits(each)));
      },
    ),
    { seed: 5, numRuns: import.meta.env.MODE === 'deep' ? 2000 : 40 },
  );
});

test('beyond 2^34 numbers it writes nothing and says so', () => {
  const out = new Float32Array(4);
  expect(fillByKernel(out, [1, 2], 2 ** 34 - 3, 'uniform', 1, 1)).toBe(false);
  expect([...out]).toEqual([0, 0, 0, 0]);
});

/** The words `first`, `first + 1`, … of a stream. As floats: their results are rounded to single precision once. */
function wordsOf(key: StreamKey, first: number, length: number): { map(of: (bits: number) => number): Float32Array } {
  const block = new Uint32Array(4);
  const words = Float64Array.from({ length }, (_, i) => {
    philox4x32(key, Math.floor((first + i) / 4), 0, 0, 0, block);
    return block[(first + i) % 4] as number;
  });
  return { map: (of) => Float32Array.from(words, of) };
}
