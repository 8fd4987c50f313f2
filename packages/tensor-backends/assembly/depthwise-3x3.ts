/*
 * Depthwise convolution with a 3×3 filter, multiplier 1, channels a multiple of 4, columns 1 or 2 apart and dilated by 1, over
 * framed images. A row of the filter meets some output pixels at a time, four channels of each: their sums, the columns that
 * they share and three taps stay in registers. The loop over the filter's rows is not unrolled: V8 would hoist the loads of
 * all three and spill. Worst error against double precision, relative to ‖Σ |terms|‖ (`npm run errors`): forward 5.2e-8, input
 * gradient 4.2e-8, filter gradient 5.3e-8.
 */

/**
 * At least four output pixels in a row (stride 1) or two (stride 2).
 * @param turned The filter backwards: with strides of 1, the gradient in the input from that in the output.
 */
export function depthwise3x3(
  frame: usize, filter: usize, out: usize, frameWidth: i32, channels: i32, strideY: i32, strideX: i32, dilationY: i32,
  outHeight: i32, outWidth: i32, turned: i32,
): void {
  const pixel = <usize>channels << 2, line = <usize>frameWidth * pixel, reach = <usize>dilationY * line;
  let tap = pixel, first = filter;
  if (turned) {
    tap = 0 - pixel;
    first = filter + 8 * pixel;
  }
  const block = strideX == 1 ? 4 : 2;
  for (let oy = 0; oy < outHeight; oy++) {
    const row = frame + <usize>(oy * strideY) * line;
    for (let x = 0; x < outWidth; x += block) {
      // The last block overlaps the one before it: what both compute is the same.
      const ox = min(x, outWidth - block);
      const from = row + <usize>(ox * strideX) * pixel, to = out + <usize>ox * pixel;
      if (strideX == 1) fourPixels(from, reach, first, tap, to, pixel);
      else twoPixels(from, reach, first, tap, to, pixel);
    }
    out += <usize>outWidth * pixel;
  }
}

// @ts-ignore: decorator
@inline
function fourPixels(from: usize, reach: usize, filter: usize, tap: usize, to: usize, pixel: usize): void {
  const end = from + pixel;
  do {
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
    let p = from, t = filter, rows = 3;
    do {
      const t0 = v128.load(t), t1 = v128.load(t + tap), t2 = v128.load(t + 2 * tap);
      const x0 = v128.load(p), x1 = v128.load(p + pixel), x2 = v128.load(p + 2 * pixel);
      s0 = f32x4.add(s0, dot(x0, x1, x2, t0, t1, t2));
      const x3 = v128.load(p + 3 * pixel);
      s1 = f32x4.add(s1, dot(x1, x2, x3, t0, t1, t2));
      const x4 = v128.load(p + 4 * pixel);
      s2 = f32x4.add(s2, dot(x2, x3, x4, t0, t1, t2));
      s3 = f32x4.add(s3, dot(x3, x4, v128.load(p + 5 * pixel), t0, t1, t2));
      p += reach;
      t += 3 * tap;
    } while (--rows);
    v128.store(to, s0);
    v128.store(to + pixel, s1);
    v128.store(to + 2 * pixel, s2);
    v128.store(to + 3 * pixel, s3);
    to += 16;
    filter += 16;
    from += 16;
  } while (from < end);
}

// @ts-ignore: decorator
@inline
function twoPixels(from: usize, reach: usize, filter: usize, tap: usize, to: usize, pixel: usize): void {
  const end = from + pixel;
  do {
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0), p = from, t = filter, rows = 3;
    do {
      const t0 = v128.load(t), t1 = v128.load(t + tap), t2 = v128.load(t + 2 * tap);
      const x2 = v128.load(p + 2 * pixel);
      s0 = f32x4.add(s0, dot(v128.load(p), v128.load(p + pixel), x2, t0, t1, t2));
      s1 = f32x4.add(s1, dot(x2, v128.load(p + 3 * pixel), v128.load(p + 4 * pixel), t0, t1, t2));
      p += reach;
      t += 3 * tap;
    } while (--rows);
    v128.store(to, s0);
    v128.store(to + pixel, s1);
    to += 16;
    filter += 16;
    from += 16;
  } while (from < end);
}

/** Adds to `filterGradient`, which has the filter's shape; sums over a row of the output are taken first. */
export function depthwise3x3FilterGradient(
  frame: usize, filterGradient: usize, gradient: usize, frameWidth: i32, channels: i32, strideY: i32, strideX: i32, dilationY: i32,
  outHeight: i32, outWidth: i32,
): void {
  const pixel = <usize>channels << 2, line = <usize>frameWidth * pixel;
  const width = <usize>outWidth * pixel;
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ky = 0; ky < 3; ky++) {
      const row = frame + <usize>(oy * strideY + ky * dilationY) * line, sums = filterGradient + <usize>(3 * ky) * pixel;
      for (let c: usize = 0; c < pixel; c += 16) {
        let s0 = v128.load(sums + c), s1 = v128.load(sums + pixel + c), s2 = v128.load(sums + 2 * pixel + c);
        let p = row + c, g = gradient + c;
        const end = g + width;
        if (strideX == 1) {
          for (; g + 3 * pixel < end; g += 4 * pixel) {
            const g0 = v128.load(g), g1 = v128.load(g + pixel), g2 = v128.load(g + 2 * pixel), g3 = v128.load(g + 3 * pixel);
            const x0 = v128.load(p), x1 = v128.load(p + pixel), x2 = v128.load(p + 2 * pixel), x3 = v128.load(p + 3 * pixel);
            s0 = f32x4.add(s0, dot4(g0, g1, g2, g3, x0, x1, x2, x3));
            const x4 = v128.load(p + 4 * pixel);
            s1 = f32x4.add(s1, dot4(g0, g1, g2, g3, x1, x2, x3, x4));
            s2 = f32x4.add(s2, dot4(g0, g1, g2, g3, x2, x3, x4, v128.load(p + 5 * pixel)));
            p += 4 * pixel;
          }
        } else {
          for (; g + pixel < end; g += 2 * pixel) {
            const g0 = v128.load(g), g1 = v128.load(g + pixel), x2 = v128.load(p + 2 * pixel);
            s0 = f32x4.add(s0, f32x4.add(f32x4.mul(g0, v128.load(p)), f32x4.mul(g1, x2)));
            s1 = f32x4.add(s1, f32x4.add(f32x4.mul(g0, v128.load(p + pixel)), f32x4.mul(g1, v128.load(p + 3 * pixel))));
            s2 = f32x4.add(s2, f32x4.add(f32x4.mul(g0, x2), f32x4.mul(g1, v128.load(p + 4 * pixel))));
            p += 4 * pixel;
          }
        }
        for (; g < end; g += pixel) {
          const g0 = v128.load(g);
          s0 = f32x4.add(s0, f32x4.mul(g0, v128.load(p)));
          s1 = f32x4.add(s1, f32x4.mul(g0, v128.load(p + pixel)));
          s2 = f32x4.add(s2, f32x4.mul(g0, v128.load(p + 2 * pixel)));
          p += <usize>strideX * pixel;
        }
        v128.store(sums + c, s0);
        v128.store(sums + pixel + c, s1);
        v128.store(sums + 2 * pixel + c, s2);
      }
    }
    gradient += width;
  }
}

/**
 * The gradient in the input for strides of 2 and dilation 1. A row of it meets one row of `gradient` (its middle taps) or
 * two (the outer ones); a column of `gradient` completes two of its columns and begins a third, which is carried.
 * @param zeros A line of the output.
 */
export function depthwise3x3InputGradient2(
  gradient: usize, filter: usize, inputGradient: usize, zeros: usize, images: i32, height: i32, width: i32, channels: i32,
  top: i32, left: i32, outHeight: i32, outWidth: i32,
): void {
  const pixel = <usize>channels << 2, line = <usize>outWidth * pixel;
  memory.fill(zeros, 0, line);
  for (let n = 0; n < images; n++) {
    for (let iy = 0; iy < height; iy++) {
      const reached = iy + top, odd = reached & 1, oy = reached >> 1;
      const r0 = rowAt(gradient, oy, outHeight, line, zeros);
      const r1 = odd ? zeros : rowAt(gradient, oy - 1, outHeight, line, zeros);
      const taps0 = filter + (odd ? 3 * pixel : 0), taps1 = filter + (odd ? 3 * pixel : 6 * pixel);
      for (let c: usize = 0; c < pixel; c += 16) {
        const t00 = v128.load(taps0 + c), t01 = v128.load(taps0 + pixel + c), t02 = v128.load(taps0 + 2 * pixel + c);
        const t10 = v128.load(taps1 + c), t11 = v128.load(taps1 + pixel + c), t12 = v128.load(taps1 + 2 * pixel + c);
        let j = -left, at = c, to = inputGradient + c + <usize>j * pixel, carry = f32x4.splat(0);
        for (let ox = 0; ox < outWidth && j < width; ox++) {
          const g0 = v128.load(r0 + at), g1 = v128.load(r1 + at);
          if (j >= 0) v128.store(to, f32x4.add(carry, f32x4.add(f32x4.mul(g0, t00), f32x4.mul(g1, t10))));
          to += pixel;
          if (<u32>(j + 1) < <u32>width) v128.store(to, f32x4.add(f32x4.mul(g0, t01), f32x4.mul(g1, t11)));
          to += pixel;
          carry = f32x4.add(f32x4.mul(g0, t02), f32x4.mul(g1, t12));
          at += pixel;
          j += 2;
        }
        for (; j < width; j++) {
          if (j >= 0) v128.store(to, carry);
          carry = f32x4.splat(0);
          to += pixel;
        }
      }
      inputGradient += <usize>width * pixel;
    }
    gradient += <usize>outHeight * line;
  }
}

// @ts-ignore: decorator
@inline
function rowAt(image: usize, y: i32, height: i32, line: usize, zeros: usize): usize {
  return <u32>y < <u32>height ? image + <usize>y * line : zeros;
}

// @ts-ignore: decorator
@inline
function dot(x0: v128, x1: v128, x2: v128, t0: v128, t1: v128, t2: v128): v128 {
  return f32x4.add(f32x4.add(f32x4.mul(x0, t0), f32x4.mul(x1, t1)), f32x4.mul(x2, t2));
}

// @ts-ignore: decorator
@inline
function dot4(g0: v128, g1: v128, g2: v128, g3: v128, x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  return f32x4.add(f32x4.add(f32x4.mul(g0, x0), f32x4.mul(g1, x1)), f32x4.add(f32x4.mul(g2, x2), f32x4.mul(g3, x3)));
}
