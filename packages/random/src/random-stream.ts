import { fillByKernel } from './fill-kernel.ts';
import { normalOfBits, truncatedNormalOfBits } from './normal.ts';
import { philox4x32, type StreamKey } from './philox.ts';
import { childKey, streamKey } from './stream-key.ts';

/** Numbers that depend on nothing but the stream's key and their index. */
export interface RandomStream {
  readonly key: StreamKey;
  /** The stream `name` below this one. */
  split(name: string): RandomStream;
  /** Number `index` of the stream, uniform on the 2^24 multiples of 2^-24 in [0, 1). */
  uniform(index: number): number;
  /** A whole number in [0, bound), each equally likely; `bound` from 1 to 2^32. */
  integer(index: number, bound: number): number;
  /** Fills `out` with uniforms in [low, high); element i is number `start + i`, so any slice can be made alone. */
  fillUniform(out: Float32Array, low?: number, high?: number, start?: number): Float32Array;
  /** Fills `out` with normals; element i is normal `start + i`. */
  fillNormal(out: Float32Array, mean?: number, std?: number, start?: number): Float32Array;
  /** Fills `out` with normals that lie within two standard deviations of the mean. */
  fillTruncatedNormal(out: Float32Array, mean?: number, std?: number, start?: number): Float32Array;
  /** A permutation of 0 … length − 1, each equally likely (Fisher–Yates). */
  permutation(length: number): Uint32Array;
}

/** 32 random bits as a float in [0, 1): the upper 24, which every float32 holds exactly. */
export function bitsToUniform(bits: number): number {
  return (bits >>> 8) * 2 ** -24;
}

/** The stream `name` under `seed`. @throws RangeError unless `seed` is a safe integer ≥ 0. */
export function randomStream(seed: number, name: string): RandomStream {
  return new PhiloxStream(streamKey(seed, name));
}

/** Counter: words 0 and 1 the index of a block of four numbers, word 2 the attempt where numbers are redrawn, word 3 zero. */
class PhiloxStream implements RandomStream {
  readonly key: StreamKey;
  readonly #block = new Uint32Array(4);
  #blockIndex = -1;
  #attempt = -1;

  constructor(key: StreamKey) {
    this.key = key;
  }

  split(name: string): RandomStream {
    return new PhiloxStream(childKey(this.key, name));
  }

  uniform(index: number): number {
    return bitsToUniform(this.#bits(index, 0));
  }

  integer(index: number, bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
      throw new RangeError(`integer: bound must be a whole number from 1 to 2^32; received ${bound}.`);
    }
    const fair = 2 ** 32 - (2 ** 32 % bound);
    let attempt = 0;
    let bits = this.#bits(index, attempt);
    while (bits >= fair) bits = this.#bits(index, ++attempt);
    return bits % bound;
  }

  fillUniform(out: Float32Array, low = 0, high = 1, start = 0): Float32Array {
    const width = high - low;
    if (fillByKernel(out, this.key, start, 'uniform', low, width)) return out;
    for (let i = 0; i < out.length; i++) out[i] = low + width * this.uniform(start + i);
    return out;
  }

  fillNormal(out: Float32Array, mean = 0, std = 1, start = 0): Float32Array {
    for (let i = 0; i < out.length; i++) out[i] = mean + std * normalOfBits(this.#bits(start + i, 0));
    return out;
  }

  fillTruncatedNormal(out: Float32Array, mean = 0, std = 1, start = 0): Float32Array {
    if (fillByKernel(out, this.key, start, 'truncatedNormal', mean, std)) return out;
    for (let i = 0; i < out.length; i++) out[i] = mean + std * truncatedNormalOfBits(this.#bits(start + i, 0));
    return out;
  }

  permutation(length: number): Uint32Array {
    const order = Uint32Array.from({ length }, (_, i) => i);
    for (let i = length - 1; i > 0; i--) {
      const j = this.integer(i, i + 1);
      const value = order[i] as number;
      order[i] = order[j] as number;
      order[j] = value;
    }
    return order;
  }

  #bits(index: number, attempt: number): number {
    const block = Math.floor(index / 4);
    if (block !== this.#blockIndex || attempt !== this.#attempt) {
      philox4x32(this.key, block >>> 0, Math.floor(block / 2 ** 32), attempt, 0, this.#block);
      this.#blockIndex = block;
      this.#attempt = attempt;
    }
    return this.#block[index % 4] as number;
  }
}
