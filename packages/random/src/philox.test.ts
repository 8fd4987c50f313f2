import fc from 'fast-check';
import { expect, test } from 'vitest';
import { philox4x32 } from './philox.ts';

// Known answers of Random123 1.14 (tests/kat_vectors, "philox4x32 10").
test.each([
  [
    [0, 0],
    [0, 0, 0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0xa4093822, 0x299f31d0],
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
] as const)('key %j, counter %j gives the published words', ([k0, k1], [c0, c1, c2, c3], words) => {
  const out = new Uint32Array(6);
  philox4x32([k0, k1], c0, c1, c2, c3, out, 1);
  expect([...out]).toEqual([0, ...words, 0]);
});

test('equals the definition in 64-bit integers for any key and counter', () => {
  const word = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(fc.array(word, { minLength: 6, maxLength: 6 }), (words) => {
      const [k0, k1, c0, c1, c2, c3] = words as [number, number, number, number, number, number];
      const out = new Uint32Array(4);
      philox4x32([k0, k1], c0, c1, c2, c3, out);
      expect([...out]).toEqual(bigintPhilox([k0, k1], [c0, c1, c2, c3]));
    }),
    { seed: 1, numRuns: import.meta.env.MODE === 'deep' ? 20_000 : 500 },
  );
});

function bigintPhilox(key: readonly number[], counter: readonly number[]): number[] {
  const mask = 0xffffffffn;
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  let [x0, x1, x2, x3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const p0 = 0xd2511f53n * x0;
    const p1 = 0xcd9e8d57n * x2;
    [x0, x1, x2, x3] = [(p1 >> 32n) ^ x1 ^ k0, p1 & mask, (p0 >> 32n) ^ x3 ^ k1, p0 & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [x0, x1, x2, x3].map(Number);
}
