import type { ConvGeometry } from '../conv-geometry.ts';

/* Depthwise gradients under any stride and dilation: stock tfjs's cpu kernel forgets the dilation of the input's. */

/** dx[n, y, x, c] = Σ dy[n, oy, ox, c · multiplier + m] · filter[ky, kx, c, m] over the taps that read it. */
export function depthwiseInputGradient(dy: Float32Array, filter: Float32Array, g: ConvGeometry): Float32Array {
  const out = new Float32Array(g.batchSize * g.inHeight * g.inWidth * g.inChannels);
  eachTap(g, (pixel, tap, place) => {
    const multiplier = g.outChannels / g.inChannels;
    for (let c = 0; c < g.inChannels; c++) {
      let sum = out[pixel + c] as number;
      for (let m = c * multiplier; m < (c + 1) * multiplier; m++) {
        sum += (dy[place + m] as number) * (filter[tap + m] as number);
      }
      out[pixel + c] = sum;
    }
  });
  return out;
}

/** dfilter[ky, kx, c, m] = Σ x[n, y, x, c] · dy[n, oy, ox, c · multiplier + m]. */
export function depthwiseFilterGradient(x: Float32Array, dy: Float32Array, g: ConvGeometry): Float32Array {
  const sums = new Float64Array(g.filterHeight * g.filterWidth * g.outChannels);
  eachTap(g, (pixel, tap, place) => {
    const multiplier = g.outChannels / g.inChannels;
    for (let c = 0; c < g.inChannels; c++) {
      const value = x[pixel + c] as number;
      for (let m = c * multiplier; m < (c + 1) * multiplier; m++) {
        sums[tap + m] = (sums[tap + m] as number) + value * (dy[place + m] as number);
      }
    }
  });
  return Float32Array.from(sums);
}

/** Visits each tap of each output pixel that lies in the image, with its offsets in input, filter and output. */
function eachTap(g: ConvGeometry, visit: (pixel: number, tap: number, place: number) => void): void {
  let place = 0;
  for (let image = 0; image < g.batchSize; image++) {
    for (let oy = 0; oy < g.outHeight; oy++) {
      for (let ox = 0; ox < g.outWidth; ox++, place += g.outChannels) {
        for (let ky = 0; ky < g.filterHeight; ky++) {
          const y = oy * g.strideHeight + ky * g.dilationHeight - g.padInfo.top;
          if (y < 0 || y >= g.inHeight) continue;
          for (let kx = 0; kx < g.filterWidth; kx++) {
            const x = ox * g.strideWidth + kx * g.dilationWidth - g.padInfo.left;
            if (x < 0 || x >= g.inWidth) continue;
            const pixel = ((image * g.inHeight + y) * g.inWidth + x) * g.inChannels;
            visit(pixel, (ky * g.filterWidth + kx) * g.outChannels, place);
          }
        }
      }
    }
  }
}
