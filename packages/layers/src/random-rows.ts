import { bitsToUniform, normalOfBits, philox4x32 } from '@ablate/random';
import type { LayerPlace } from './random-layer.ts';

/**
 * Uniforms in [0, 1) for a batch of `rows` rows of `width` elements: element e of row r is lane e % 4 of
 * Philox(key; ⌊e / 4⌋, row + r, step), as in dropout's masks, so that shards of a batch draw what the whole would.
 */
export function uniformRows(rows: number, width: number, place: LayerPlace): Float32Array {
  return drawRows(rows, width, place, bitsToUniform);
}

/** Normals of mean 0 and deviation 1, keyed alike. */
export function normalRows(rows: number, width: number, place: LayerPlace): Float32Array {
  return drawRows(rows, width, place, normalOfBits);
}

function drawRows(
  rows: number,
  width: number,
  { key, step, row }: LayerPlace,
  numberOf: (bits: number) => number,
): Float32Array {
  const values = new Float32Array(rows * width);
  const words = new Uint32Array(4);
  for (let r = 0; r < rows; r++) {
    for (let e = 0; e < width; e += 4) {
      philox4x32(key, e >>> 2, row + r, step >>> 0, Math.floor(step / 2 ** 32), words);
      for (let lane = 0; lane < Math.min(4, width - e); lane++) {
        values[r * width + e + lane] = numberOf(words[lane] as number);
      }
    }
  }
  return values;
}
