/**
 * Gradient of max pooling of one image: each window gives its gradient to its first maximum, whatever its sign.
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
            const better = v128.or(f32x4.gt(value, best), i32x4.lt_s(place, i32x4.splat(0)));
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
            if (value > best || place < 0) {
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

// @ts-ignore: decorator
@inline
function give(base: usize, pixel: usize, place: i32, value: f32): void {
  const at = base + <usize>place * pixel;
  store<f32>(at, load<f32>(at) + value);
}
