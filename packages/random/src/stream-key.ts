import { philox4x32, type StreamKey } from './philox.ts';

/**
 * The 64-bit key of the stream `name` under `seed`: equal inputs give equal keys, and adding a stream changes no other.
 *
 * @param seed a safe integer ≥ 0
 * @throws RangeError for any other seed: rounding it would silently merge two seeds.
 */
export function streamKey(seed: number, name: string): StreamKey {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`streamKey: seed must be a whole number from 0 to 2^53 - 1; received ${seed}.`);
  }
  return childKey([seed >>> 0, Math.floor(seed / 2 ** 32)], name);
}

/**
 * The key of the stream `name` under another key. Philox is the hash: the UTF-8 bytes of the name are absorbed in
 * blocks of 12 as a counter, its last word the number of bytes that remain, each block's output being the next key.
 */
export function childKey(parent: StreamKey, name: string): StreamKey {
  const bytes = new TextEncoder().encode(name);
  const block = new DataView(new ArrayBuffer(12));
  const words = new Uint32Array(4);
  let key = parent;
  for (let start = 0; start === 0 || start < bytes.length; start += 12) {
    for (let i = 0; i < 12; i++) block.setUint8(i, bytes[start + i] ?? 0);
    philox4x32(
      key,
      block.getUint32(0, true),
      block.getUint32(4, true),
      block.getUint32(8, true),
      bytes.length - start,
      words,
    );
    key = [words[0] as number, words[1] as number];
  }
  return key;
}
