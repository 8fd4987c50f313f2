/*
 * Direct convolutions over framed images. Worst error against double precision, relative to ‖Σ |terms|‖ (`npm run errors`):
 * forward 8.4e-8, input gradient 6.2e-8, filter gradient 7.8e-8; in place of Winograd's kernels 4.6e-8.
 */
import { madd } from './madd';
import { storeRow, tile } from './tile';

/** Output pixels that are taken through all panels at once. */
const BLOCK: i32 = 32;

/**
 * Copies an image [height][width][channels] into a zeroed frame [frameHeight][frameWidth][channels], its pixel (y, x) at
 * (top + y · spread, left + x · spreadX); what falls outside is left out.
 */
export function frameImage(
  image: usize, frame: usize, height: i32, width: i32, channels: i32, frameHeight: i32, frameWidth: i32,
  top: i32, left: i32, spreadY: i32, spreadX: i32,
): void {
  const pixel = <usize>channels << 2;
  const row = <usize>frameWidth * pixel;
  memory.fill(frame, 0, <usize>frameHeight * row);
  for (let y = 0; y < height; y++) {
    const to = top + y * spreadY;
    if (to < 0 || to >= frameHeight) continue;
    const from = image + <usize>(y * width) * pixel;
    if (spreadX == 1) {
      const first = max(0, -left), last = min(width, frameWidth - left);
      if (last > first) {
        memory.copy(frame + <usize>to * row + <usize>(left + first) * pixel, from + <usize>first * pixel, <usize>(last - first) * pixel);
      }
      continue;
    }
    for (let x = 0; x < width; x++) {
      const at = left + x * spreadX;
      if (at >= 0 && at < frameWidth) memory.copy(frame + <usize>to * row + <usize>at * pixel, from + <usize>x * pixel, pixel);
    }
  }
}

/**
 * Valid convolution of one frame [·][frameWidth][channels] with a packed filter; out [outHeight][outWidth][filters].
 */
export function convolveFrame(
  frame: usize, panels: usize, out: usize, frameWidth: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, outHeight: i32, outWidth: i32, filters: i32,
): void {
  const pixel = <usize>channels << 2;
  const row = <usize>frameWidth * pixel;
  const outStride = <usize>filters << 2;
  const stepX = <usize>strideX * pixel, stepY = <usize>strideY * row;
  // Without dilation the taps of a filter row are one stretch of memory.
  const inner = dilationX == 1 ? 1 : kernelWidth;
  const count = dilationX == 1 ? kernelWidth * channels : channels;
  const panelBytes = <usize>(kernelHeight * kernelWidth * channels) << 5;
  const pixels = outHeight * outWidth;
  for (let start = 0; start < pixels; start += BLOCK) {
    const end = min(pixels, start + BLOCK);
    let panel = panels;
    for (let j = 0; j < filters; j += 8) {
      const cols = min(8, filters - j);
      let y = start / outWidth, x = start % outWidth;
      for (let i = start; i < end; i += 4) {
        const rows = min(4, end - i);
        const p0 = frame + <usize>y * stepY + <usize>x * stepX;
        if (++x == outWidth) { x = 0; y++; }
        let p1 = p0, p2 = p0, p3 = p0;
        if (rows > 1) { p1 = frame + <usize>y * stepY + <usize>x * stepX; if (++x == outWidth) { x = 0; y++; } }
        if (rows > 2) { p2 = frame + <usize>y * stepY + <usize>x * stepX; if (++x == outWidth) { x = 0; y++; } }
        if (rows > 3) { p3 = frame + <usize>y * stepY + <usize>x * stepX; if (++x == outWidth) { x = 0; y++; } }
        tile(p0, p1, p2, p3, kernelHeight, <usize>dilationY * row, inner, <usize>dilationX * pixel, count, 4, panel,
          out + <usize>i * outStride + (<usize>j << 2), outStride, rows, cols);
      }
      panel += panelBytes;
    }
  }
}

/** Copies rows of `from` floats into rows of `to` floats, the rest zero. */
export function widenRows(source: usize, target: usize, rows: i32, from: i32, to: i32): void {
  memory.fill(target, 0, <usize>(rows * to) << 2);
  for (let r = 0; r < rows; r++) memory.copy(target + (<usize>(r * to) << 2), source + (<usize>(r * from) << 2), <usize>from << 2);
}

/** Pixels whose products are summed in registers before the sums return to memory. */
const STRIP: i32 = 256;

/**
 * Adds the filter gradient of one image to `sums`: [filters / 8][kernel rows][stretches][groups of 4][4][8], where a
 * stretch is a filter row (kernelWidth · channels values), or one tap of it under dilation.
 * @param gradient Output gradient [outHeight][outWidth][filters], filters a multiple of 8.
 */
export function filterGradientFrame(
  frame: usize, gradient: usize, sums: usize, frameWidth: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, outHeight: i32, outWidth: i32, filters: i32,
): void {
  const pixel = <usize>channels << 2;
  const row = <usize>frameWidth * pixel;
  const gradientPixel = <usize>filters << 2;
  const gradientRow = <usize>outWidth * gradientPixel;
  const stretches = dilationX == 1 ? 1 : kernelWidth;
  const count = dilationX == 1 ? kernelWidth * channels : channels;
  const stepX = <usize>strideX * pixel;
  const band = max(1, STRIP / outWidth);
  for (let y0 = 0; y0 < outHeight; y0 += band) {
    const rows = min(band, outHeight - y0);
    let sum = sums;
    for (let j = 0; j < filters; j += 8) {
      for (let ky = 0; ky < kernelHeight; ky++) {
        for (let s = 0; s < stretches; s++) {
          for (let q = 0; q < count; q += 4) {
            let a0 = frame + <usize>(y0 * strideY + ky * dilationY) * row + <usize>(s * dilationX) * pixel + (<usize>q << 2);
            let b = gradient + <usize>y0 * gradientRow + (<usize>j << 2);
            let c00 = v128.load(sum), c01 = v128.load(sum, 16), c10 = v128.load(sum, 32), c11 = v128.load(sum, 48);
            let c20 = v128.load(sum, 64), c21 = v128.load(sum, 80), c30 = v128.load(sum, 96), c31 = v128.load(sum, 112);
            for (let r = 0; r < rows; r++) {
              let a = a0;
              const end = b + gradientRow;
              do {
                const b0 = v128.load(b), b1 = v128.load(b, 16);
                const v0 = v128.load_splat<u32>(a);
                c00 = madd(v0, b0, c00);
                c01 = madd(v0, b1, c01);
                const v1 = v128.load_splat<u32>(a, 4);
                c10 = madd(v1, b0, c10);
                c11 = madd(v1, b1, c11);
                const v2 = v128.load_splat<u32>(a, 8);
                c20 = madd(v2, b0, c20);
                c21 = madd(v2, b1, c21);
                const v3 = v128.load_splat<u32>(a, 12);
                c30 = madd(v3, b0, c30);
                c31 = madd(v3, b1, c31);
                a += stepX;
                b += gradientPixel;
              } while (b < end);
              a0 += <usize>strideY * row;
            }
            v128.store(sum, c00); v128.store(sum, c01, 16); v128.store(sum, c10, 32); v128.store(sum, c11, 48);
            v128.store(sum, c20, 64); v128.store(sum, c21, 80); v128.store(sum, c30, 96); v128.store(sum, c31, 112);
            sum += 128;
          }
        }
      }
    }
  }
}

/** Writes the sums of filterGradientFrame as a filter [kernelHeight][kernelWidth][channels][filters]. */
export function unpackFilterGradient(sums: usize, out: usize, stretches: i32, count: i32, filters: i32): void {
  const outStride = <usize>filters << 2;
  for (let j = 0; j < filters; j += 8) {
    const cols = min(8, filters - j);
    for (let s = 0; s < stretches; s++) {
      for (let q = 0; q < count; q++) {
        storeRow(out + <usize>(s * count + q) * outStride + (<usize>j << 2), v128.load(sums), v128.load(sums, 16), cols);
        sums += 32;
      }
      sums += <usize>((4 - (count & 3)) & 3) << 5;
    }
  }
}
