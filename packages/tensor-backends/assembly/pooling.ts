/*
 * Pooling, image by image. Worst error against double precision (`npm run errors`): maximum 0; its gradient, where windows
 * overlap, 3.1e-8 of its terms' norm; gradient of the mean 6.5e-8.
 */
/** Max pooling of one image. A NaN in the window comes out; a window outside the image gives -Infinity. */
export function maxPool(
  input: usize, out: usize, height: i32, width: i32, channels: i32, windowHeight: i32, windowWidth: i32, strideY: i32, strideX: i32,
  top: i32, left: i32, outHeight: i32, outWidth: i32,
): void {
  const pixel = <usize>channels << 2, line = <usize>width * pixel;
  for (let oy = 0; oy < outHeight; oy++) {
    const y = oy * strideY - top, y0 = max(0, y), y1 = min(height, y + windowHeight);
    for (let ox = 0; ox < outWidth; ox++) {
      const x = ox * strideX - left, x0 = max(0, x), x1 = min(width, x + windowWidth);
      let c: usize = 0;
      for (; c + 16 <= pixel; c += 16) {
        let best = f32x4.splat(-Infinity);
        for (let row = y0; row < y1; row++) {
          let at = input + <usize>row * line + <usize>x0 * pixel + c;
          for (let column = x0; column < x1; column++) {
            best = f32x4.max(best, v128.load(at));
            at += pixel;
          }
        }
        v128.store(out + c, best);
      }
      for (; c < pixel; c += 4) {
        let best: f32 = -Infinity;
        for (let row = y0; row < y1; row++) {
          let at = input + <usize>row * line + <usize>x0 * pixel + c;
          for (let column = x0; column < x1; column++) {
            best = max<f32>(best, load<f32>(at));
            at += pixel;
          }
        }
        store<f32>(out + c, best);
      }
      out += pixel;
    }
  }
}

/** The same for windows of 2×2 that neither overlap nor reach over the border. */
export function maxPool2x2(input: usize, out: usize, width: i32, channels: i32, outHeight: i32, outWidth: i32): void {
  const pixel = <usize>channels << 2, line = <usize>width * pixel;
  for (let oy = 0; oy < outHeight; oy++) {
    let x = input + <usize>(2 * oy) * line;
    for (let ox = 0; ox < outWidth; ox++) {
      const x1 = x + pixel, x2 = x + line, x3 = x2 + pixel;
      let c: usize = 0;
      for (; c + 16 <= pixel; c += 16) {
        const upper = f32x4.max(v128.load(x + c), v128.load(x1 + c)), lower = f32x4.max(v128.load(x2 + c), v128.load(x3 + c));
        v128.store(out + c, f32x4.max(upper, lower));
      }
      for (; c < pixel; c += 4) {
        const upper = max<f32>(load<f32>(x + c), load<f32>(x1 + c)), lower = max<f32>(load<f32>(x2 + c), load<f32>(x3 + c));
        store<f32>(out + c, max<f32>(upper, lower));
      }
      x = x1 + pixel;
      out += pixel;
    }
  }
}

/**
 * Gradient of max pooling of one image: each window gives its gradient to its first NaN, else
 * to its first maximum, whatever its sign. A window outside the image gives it to none.
 * `inputGradient` starts at zero.
 */
export function maxPoolGradient(
  input: usize, gradient: usize, inputGradient: usize, height: i32, width: i32, channels: i32, windowHeight: i32, windowWidth: i32,
  strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, top: i32, left: i32, outHeight: i32, outWidth: i32,
): void {
  const pixel = <usize>channels << 2;
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      const g = gradient + <usize>(oy * outWidth + ox) * pixel;
      const y0 = oy * strideY - top, x0 = ox * strideX - left;
      let c = 0;
      for (; c + 4 <= channels; c += 4) {
        let best = f32x4.splat(-Infinity), place = i32x4.splat(-1);
        for (let ky = 0; ky < windowHeight; ky++) {
          const y = y0 + ky * dilationY;
          if (y < 0 || y >= height) continue;
          for (let kx = 0; kx < windowWidth; kx++) {
            const x = x0 + kx * dilationX;
            if (x < 0 || x >= width) continue;
            const at = y * width + x;
            const value = v128.load(input + <usize>at * pixel + (<usize>c << 2));
            // Also taken while nothing is: a window of -Infinity has a first maximum too.
            const better = v128.or(wins(value, best), i32x4.lt_s(place, i32x4.splat(0)));
            best = v128.bitselect(value, best, better);
            place = v128.bitselect(i32x4.splat(at), place, better);
          }
        }
        give(inputGradient + (<usize>c << 2), pixel, i32x4.extract_lane(place, 0), load<f32>(g + (<usize>c << 2)));
        give(inputGradient + (<usize>c << 2) + 4, pixel, i32x4.extract_lane(place, 1), load<f32>(g + (<usize>c << 2), 4));
        give(inputGradient + (<usize>c << 2) + 8, pixel, i32x4.extract_lane(place, 2), load<f32>(g + (<usize>c << 2), 8));
        give(inputGradient + (<usize>c << 2) + 12, pixel, i32x4.extract_lane(place, 3), load<f32>(g + (<usize>c << 2), 12));
      }
      for (; c < channels; c++) {
        let best: f32 = -Infinity, place = -1;
        for (let ky = 0; ky < windowHeight; ky++) {
          const y = y0 + ky * dilationY;
          if (y < 0 || y >= height) continue;
          for (let kx = 0; kx < windowWidth; kx++) {
            const x = x0 + kx * dilationX;
            if (x < 0 || x >= width) continue;
            const at = y * width + x;
            const value = load<f32>(input + <usize>at * pixel + (<usize>c << 2));
            if (place < 0 || (best == best && !(value <= best))) {
              best = value;
              place = at;
            }
          }
        }
        give(inputGradient + (<usize>c << 2), pixel, place, load<f32>(g + (<usize>c << 2)));
      }
    }
  }
}

/**
 * The same for windows of 2×2 that neither overlap nor reach over the border (stride 2, no padding): what each pixel gets
 * is known when its window is read, so nothing is summed. Writes the pixels of windows only; others start at zero.
 */
export function maxPoolGradient2x2(
  input: usize, gradient: usize, inputGradient: usize, width: i32, channels: i32, outHeight: i32, outWidth: i32,
): void {
  const pixel = <usize>channels << 2, line = <usize>width * pixel;
  for (let oy = 0; oy < outHeight; oy++) {
    let x = input + <usize>(2 * oy) * line, out = inputGradient + <usize>(2 * oy) * line;
    for (let ox = 0; ox < outWidth; ox++) {
      const x1 = x + pixel, x2 = x + line, x3 = x2 + pixel;
      const o1 = out + pixel, o2 = out + line, o3 = o2 + pixel;
      let c: usize = 0;
      for (; c + 16 <= pixel; c += 16) {
        let best = v128.load(x + c);
        const v1 = v128.load(x1 + c), v2 = v128.load(x2 + c), v3 = v128.load(x3 + c), g = v128.load(gradient + c);
        const m1 = wins(v1, best);
        best = v128.bitselect(v1, best, m1);
        const m2 = wins(v2, best);
        best = v128.bitselect(v2, best, m2);
        const m3 = wins(v3, best);
        // The last to win against all before it is the first maximum, or the first NaN.
        const later = v128.or(m2, m3);
        v128.store(out + c, v128.andnot(g, v128.or(m1, later)));
        v128.store(o1 + c, v128.and(g, v128.andnot(m1, later)));
        v128.store(o2 + c, v128.and(g, v128.andnot(m2, m3)));
        v128.store(o3 + c, v128.and(g, m3));
      }
      for (; c < pixel; c += 4) {
        let best = load<f32>(x + c), place = 0;
        const v1 = load<f32>(x1 + c), v2 = load<f32>(x2 + c), v3 = load<f32>(x3 + c), g = load<f32>(gradient + c);
        if (best == best && !(v1 <= best)) { best = v1; place = 1; }
        if (best == best && !(v2 <= best)) { best = v2; place = 2; }
        if (best == best && !(v3 <= best)) place = 3;
        store<f32>(out + c, place == 0 ? g : 0);
        store<f32>(o1 + c, place == 1 ? g : 0);
        store<f32>(o2 + c, place == 2 ? g : 0);
        store<f32>(o3 + c, place == 3 ? g : 0);
      }
      x = x1 + pixel;
      out = o1 + pixel;
      gradient += pixel;
    }
  }
}

/**
 * Gradient of average pooling of one image: each window gives `share` times its gradient to each of its pixels.
 * `inputGradient` starts at zero.
 */
export function averagePoolGradient(
  gradient: usize, inputGradient: usize, height: i32, width: i32, channels: i32, windowHeight: i32, windowWidth: i32,
  strideY: i32, strideX: i32, top: i32, left: i32, outHeight: i32, outWidth: i32, share: f32,
): void {
  const pixel = <usize>channels << 2, line = <usize>width * pixel, shares = f32x4.splat(share);
  for (let oy = 0; oy < outHeight; oy++) {
    const y = oy * strideY - top, y0 = max(0, y), y1 = min(height, y + windowHeight);
    for (let ox = 0; ox < outWidth; ox++) {
      const x = ox * strideX - left, x0 = max(0, x), x1 = min(width, x + windowWidth);
      for (let row = y0; row < y1; row++) {
        let at = inputGradient + <usize>row * line + <usize>x0 * pixel;
        for (let column = x0; column < x1; column++) {
          let c: usize = 0;
          for (; c + 16 <= pixel; c += 16) {
            const g = f32x4.mul(v128.load(gradient + c), shares);
            v128.store(at + c, f32x4.add(v128.load(at + c), g));
          }
          for (; c < pixel; c += 4) store<f32>(at + c, load<f32>(at + c) + load<f32>(gradient + c) * share);
          at += pixel;
        }
      }
      gradient += pixel;
    }
  }
}

// @ts-ignore: decorator
@inline
function give(base: usize, pixel: usize, place: i32, value: f32): void {
  if (place < 0) return;
  const at = base + <usize>place * pixel;
  store<f32>(at, load<f32>(at) + value);
}

/** value > best, or a NaN where best is none. */
// @ts-ignore: decorator
@inline
function wins(value: v128, best: v128): v128 {
  return v128.andnot(f32x4.eq(best, best), f32x4.le(value, best));
}
