import type { ConvGeometry } from '../conv-geometry.ts';

type Values = Float32Array | Int32Array;

/* Max pooling whose winner is the first NaN of a window, else its first maximum; stock tfjs's cpu kernel drops a NaN. */

/** -Infinity where a window lies outside the image. */
export function maxPool<T extends Values>(x: T, out: T, g: ConvGeometry): T {
  eachWinner(x, g, (place, winner) => {
    out[place] = winner < 0 ? Number.NEGATIVE_INFINITY : (x[winner] as number);
  });
  return out;
}

export function maxPoolGradient(x: Values, dy: Float32Array, g: ConvGeometry): Float32Array {
  const out = new Float32Array(x.length);
  eachWinner(x, g, (place, winner) => {
    if (winner >= 0) out[winner] = (out[winner] as number) + (dy[place] as number);
  });
  return out;
}

/** Visits each output with the offset of its window's winner, or -1. */
function eachWinner(x: Values, g: ConvGeometry, visit: (place: number, winner: number) => void): void {
  let place = 0;
  for (let image = 0; image < g.batchSize; image++) {
    for (let oy = 0; oy < g.outHeight; oy++) {
      for (let ox = 0; ox < g.outWidth; ox++) {
        for (let c = 0; c < g.inChannels; c++) visit(place++, winnerOf(x, g, image, oy, ox, c));
      }
    }
  }
}

function winnerOf(x: Values, g: ConvGeometry, image: number, oy: number, ox: number, channel: number): number {
  const [y, left] = [oy * g.strideHeight - g.padInfo.top, ox * g.strideWidth - g.padInfo.left];
  let winner = -1;
  let best = Number.NEGATIVE_INFINITY;
  for (let row = Math.max(0, y); row < Math.min(g.inHeight, y + g.filterHeight); row++) {
    for (let column = Math.max(0, left); column < Math.min(g.inWidth, left + g.filterWidth); column++) {
      const at = ((image * g.inHeight + row) * g.inWidth + column) * g.inChannels + channel;
      const value = x[at] as number;
      if (Number.isNaN(value)) return at;
      if (value > best || winner < 0) [winner, best] = [at, value];
    }
  }
  return winner;
}
