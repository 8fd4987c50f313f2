/*
 * Copies: what is computed of them has conv2d.ts's error (`npm run errors`).
 */
/**
 * The values that the filter meets at `count` output pixels from `first` on, as rows [count][wide]: kernelHeight
 * stretches of `stretch` = kernelWidth · channels values; what follows them in a row is undefined. For filters of few
 * channels, whose taps are too short a loop to be walked in place.
 * Reads up to 12 bytes past a stretch, writes up to 12 past the last row.
 */
export function gatherTaps(
  frame: usize, rows: usize, first: i32, count: i32, frameWidth: i32, channels: i32, kernelHeight: i32, stretch: i32, wide: i32,
  strideY: i32, strideX: i32, dilationY: i32, outWidth: i32,
): void {
  const pixel = <usize>channels << 2, line = <usize>frameWidth * pixel, tapLine = <usize>dilationY * line;
  const bytes = <usize>stretch << 2, rowBytes = <usize>wide << 2;
  let y = first / outWidth, x = first % outWidth;
  for (let i = 0; i < count; i++) {
    let from = frame + <usize>(y * strideY) * line + <usize>(x * strideX) * pixel;
    let to = rows;
    for (let ky = 0; ky < kernelHeight; ky++) {
      for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, v128.load(from + at));
      from += tapLine;
      to += bytes;
    }
    rows += rowBytes;
    if (++x == outWidth) { x = 0; y++; }
  }
}
