/*
 * Batch normalization over rows [rows][channels] in training, optionally with a ReLU after it. Rows are read as they lie. Sums
 * are kept in f64, fed from f32 sums over bands of BAND rows (which stay in the first-level cache while a band is read twice),
 * so that a long batch costs no precision. The ReLU's mask is computed again from x in the backward pass: it needs no output.
 * Worst error against double precision, of rows −10 ± 0.1 (`npm run errors`): statistics 2.1e-6, forward 7.4e-8, gradients in
 * x 4.5e-6, gamma 1.2e-5, beta 5.9e-8, relative to ‖Σ |terms|‖.
 */
const BAND: i32 = 64;

/** sums[c] = Σ x[r][c] over `count` rows, in f32. */
function bandSums(x: usize, sums: usize, count: i32, channels: i32): void {
  const stride = <usize>channels << 2;
  memory.fill(sums, 0, stride);
  let r = 0;
  for (; r + 4 <= count; r += 4) {
    const x1 = x + stride, x2 = x1 + stride, x3 = x2 + stride;
    let c: usize = 0;
    for (; c + 16 <= stride; c += 16) {
      const low = f32x4.add(v128.load(x + c), v128.load(x1 + c)), high = f32x4.add(v128.load(x2 + c), v128.load(x3 + c));
      v128.store(sums + c, f32x4.add(v128.load(sums + c), f32x4.add(low, high)));
    }
    for (; c < stride; c += 4) {
      const low = load<f32>(x + c) + load<f32>(x1 + c), high = load<f32>(x2 + c) + load<f32>(x3 + c);
      store<f32>(sums + c, load<f32>(sums + c) + (low + high));
    }
    x = x3 + stride;
  }
  for (; r < count; r++) {
    for (let c: usize = 0; c < stride; c += 4) store<f32>(sums + c, load<f32>(sums + c) + load<f32>(x + c));
    x += stride;
  }
}

/** sums[c] = Σ (x[r][c] − mean[c])² over `count` rows, in f32. */
function bandSquares(x: usize, mean: usize, sums: usize, count: i32, channels: i32): void {
  const stride = <usize>channels << 2;
  memory.fill(sums, 0, stride);
  let r = 0;
  for (; r + 4 <= count; r += 4) {
    const x1 = x + stride, x2 = x1 + stride, x3 = x2 + stride;
    let c: usize = 0;
    for (; c + 16 <= stride; c += 16) {
      const m = v128.load(mean + c);
      const d0 = f32x4.sub(v128.load(x + c), m), d1 = f32x4.sub(v128.load(x1 + c), m);
      const d2 = f32x4.sub(v128.load(x2 + c), m), d3 = f32x4.sub(v128.load(x3 + c), m);
      const low = f32x4.add(f32x4.mul(d0, d0), f32x4.mul(d1, d1)), high = f32x4.add(f32x4.mul(d2, d2), f32x4.mul(d3, d3));
      v128.store(sums + c, f32x4.add(v128.load(sums + c), f32x4.add(low, high)));
    }
    for (; c < stride; c += 4) {
      const m = load<f32>(mean + c);
      const d0 = load<f32>(x + c) - m, d1 = load<f32>(x1 + c) - m, d2 = load<f32>(x2 + c) - m, d3 = load<f32>(x3 + c) - m;
      store<f32>(sums + c, load<f32>(sums + c) + (d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3)));
    }
    x = x3 + stride;
  }
  for (; r < count; r++) {
    for (let c: usize = 0; c < stride; c += 4) {
      const d = load<f32>(x + c) - load<f32>(mean + c);
      store<f32>(sums + c, load<f32>(sums + c) + d * d);
    }
    x += stride;
  }
}

/**
 * mean[c], variance[c] (of the batch, divided by rows), in one pass over memory: each band's mean and its squares about
 * that mean are merged as in Chan, Golub and LeVeque 1979. `scratch`: 24 bytes a channel.
 */
export function batchMoments(x: usize, mean: usize, variance: usize, scratch: usize, rows: i32, channels: i32): void {
  const stride = <usize>channels << 2;
  const means = scratch, squares = scratch + 2 * stride, sums = scratch + 4 * stride, bandMean = sums + stride;
  memory.fill(scratch, 0, 4 * stride);
  for (let start = 0; start < rows; start += BAND) {
    const count = min(BAND, rows - start);
    const before = <f64>start, after = <f64>(start + count);
    bandSums(x, sums, count, channels);
    for (let c = 0; c < channels; c++) {
      const at = <usize>c << 2;
      store<f32>(bandMean + at, load<f32>(sums + at) / <f32>count);
    }
    bandSquares(x, bandMean, variance, count, channels);
    for (let c = 0; c < channels; c++) {
      const at = <usize>c << 2, wide = <usize>c << 3;
      const sum = <f64>load<f32>(sums + at) / <f64>count;
      // The squares are about the rounded mean.
      const shift = sum - <f64>load<f32>(bandMean + at);
      const own = <f64>load<f32>(variance + at) - <f64>count * shift * shift;
      const delta = sum - load<f64>(means + wide);
      store<f64>(squares + wide, load<f64>(squares + wide) + own + (delta * delta * before * <f64>count) / after);
      store<f64>(means + wide, load<f64>(means + wide) + (delta * <f64>count) / after);
    }
    x += <usize>count * stride;
  }
  for (let c = 0; c < channels; c++) {
    const at = <usize>c << 2, wide = <usize>c << 3;
    store<f32>(mean + at, <f32>load<f64>(means + wide));
    store<f32>(variance + at, <f32>(load<f64>(squares + wide) / <f64>rows));
  }
}

/** out[r][c] = x[r][c] · scale[c] + shift[c], plus addend[r][c] (no address: nothing), negative ones 0 where `rectify`. */
export function scaleShift(
  x: usize, scale: usize, shift: usize, addend: usize, out: usize, rows: i32, channels: i32, rectify: i32,
): void {
  const stride = <usize>channels << 2;
  const zero = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    let c: usize = 0;
    for (; c + 16 <= stride; c += 16) {
      let v = f32x4.add(f32x4.mul(v128.load(x + c), v128.load(scale + c)), v128.load(shift + c));
      if (addend != 0) v = f32x4.add(v, v128.load(addend + c));
      v128.store(out + c, rectify ? f32x4.max(v, zero) : v);
    }
    for (; c < stride; c += 4) {
      let v = load<f32>(x + c) * load<f32>(scale + c) + load<f32>(shift + c);
      if (addend != 0) v += load<f32>(addend + c);
      store<f32>(out + c, rectify ? max<f32>(v, 0) : v);
    }
    x += stride;
    out += stride;
    if (addend != 0) addend += stride;
  }
}

/**
 * sums[c] = Σ g, dots[c] = Σ g · (x − mean), where g is dy, or with `rectify` dy where x · scale + shift > 0, else 0.
 * `scratch`: 24 bytes a channel.
 */
export function batchNormSums(
  x: usize, dy: usize, mean: usize, scale: usize, shift: usize, sums: usize, dots: usize, scratch: usize, rows: i32, channels: i32,
  rectify: i32,
): void {
  const stride = <usize>channels << 2;
  const totals = scratch, totalDots = scratch + 2 * stride;
  const zero = f32x4.splat(0);
  memory.fill(scratch, 0, 4 * stride);
  for (let start = 0; start < rows; start += BAND) {
    const count = min(BAND, rows - start);
    memory.fill(sums, 0, stride);
    memory.fill(dots, 0, stride);
    let r = 0;
    for (; r + 2 <= count; r += 2) {
      const x1 = x + stride, dy1 = dy + stride;
      let c: usize = 0;
      for (; c + 16 <= stride; c += 16) {
        const v0 = v128.load(x + c), v1 = v128.load(x1 + c), m = v128.load(mean + c);
        let g0 = v128.load(dy + c), g1 = v128.load(dy1 + c);
        if (rectify) {
          const s = v128.load(scale + c), b = v128.load(shift + c);
          g0 = v128.and(g0, f32x4.gt(f32x4.add(f32x4.mul(v0, s), b), zero));
          g1 = v128.and(g1, f32x4.gt(f32x4.add(f32x4.mul(v1, s), b), zero));
        }
        v128.store(sums + c, f32x4.add(v128.load(sums + c), f32x4.add(g0, g1)));
        const dot = f32x4.add(f32x4.mul(g0, f32x4.sub(v0, m)), f32x4.mul(g1, f32x4.sub(v1, m)));
        v128.store(dots + c, f32x4.add(v128.load(dots + c), dot));
      }
      for (; c < stride; c += 4) {
        tailSums(x + c, dy + c, mean + c, scale + c, shift + c, sums + c, dots + c, rectify);
        tailSums(x1 + c, dy1 + c, mean + c, scale + c, shift + c, sums + c, dots + c, rectify);
      }
      x = x1 + stride;
      dy = dy1 + stride;
    }
    for (; r < count; r++) {
      for (let c: usize = 0; c < stride; c += 4) {
        tailSums(x + c, dy + c, mean + c, scale + c, shift + c, sums + c, dots + c, rectify);
      }
      x += stride;
      dy += stride;
    }
    for (let c = 0; c < channels; c++) {
      const at = <usize>c << 2, wide = <usize>c << 3;
      store<f64>(totals + wide, load<f64>(totals + wide) + <f64>load<f32>(sums + at));
      store<f64>(totalDots + wide, load<f64>(totalDots + wide) + <f64>load<f32>(dots + at));
    }
  }
  for (let c = 0; c < channels; c++) {
    const at = <usize>c << 2, wide = <usize>c << 3;
    store<f32>(sums + at, <f32>load<f64>(totals + wide));
    store<f32>(dots + at, <f32>load<f64>(totalDots + wide));
  }
}

// @ts-ignore: decorator
@inline
function tailSums(x: usize, dy: usize, mean: usize, scale: usize, shift: usize, sums: usize, dots: usize, rectify: i32): void {
  const v = load<f32>(x);
  if (rectify && !(v * load<f32>(scale) + load<f32>(shift) > 0)) return;
  const g = load<f32>(dy);
  store<f32>(sums, load<f32>(sums) + g);
  store<f32>(dots, load<f32>(dots) + g * (v - load<f32>(mean)));
}

/** out[r][c] = g · a[c] + x · b[c] + d[c], g as in batchNormSums. */
export function batchNormInputGradient(
  x: usize, dy: usize, scale: usize, shift: usize, a: usize, b: usize, d: usize, out: usize, rows: i32, channels: i32, rectify: i32,
): void {
  const stride = <usize>channels << 2;
  const zero = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    let c: usize = 0;
    for (; c + 16 <= stride; c += 16) {
      const v = v128.load(x + c);
      let g = v128.load(dy + c);
      if (rectify) g = v128.and(g, f32x4.gt(f32x4.add(f32x4.mul(v, v128.load(scale + c)), v128.load(shift + c)), zero));
      const rest = f32x4.add(f32x4.mul(v, v128.load(b + c)), v128.load(d + c));
      v128.store(out + c, f32x4.add(f32x4.mul(g, v128.load(a + c)), rest));
    }
    for (; c < stride; c += 4) {
      const v = load<f32>(x + c);
      let g = load<f32>(dy + c);
      if (rectify && !(v * load<f32>(scale + c) + load<f32>(shift + c) > 0)) g = 0;
      store<f32>(out + c, g * load<f32>(a + c) + (v * load<f32>(b + c) + load<f32>(d + c)));
    }
    x += stride;
    dy += stride;
    out += stride;
  }
}
