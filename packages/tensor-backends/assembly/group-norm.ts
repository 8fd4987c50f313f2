/*
 * Normalization of each example by itself. Worst error against double precision (`npm run errors`): layer norm 5.6e-8, its
 * gradients 5.8e-8; group norm 9.4e-8, its gradients 5.8e-8, relative to ‖Σ |terms|‖.
 */
import { columnSums } from './elementwise';
import { madd } from './madd';

// @ts-ignore: decorator
@inline
function sumOf(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/**
 * y = gamma · (x − mean) · inverse + beta over the channels of each row; means and inverses [rows] are 1/√(variance + ε)
 * and what was subtracted.
 */
export function layerNorm(
  x: usize, gamma: usize, beta: usize, out: usize, means: usize, inverses: usize, rows: i32, channels: i32, epsilon: f32,
): void {
  const width = <usize>channels << 2, count: f32 = <f32>channels;
  for (let r = 0; r < rows; r++) {
    let sums = f32x4.splat(0), sum: f32 = 0, c: usize = 0;
    for (; c + 16 <= width; c += 16) sums = f32x4.add(sums, v128.load(x + c));
    for (; c < width; c += 4) sum += load<f32>(x + c);
    const mean = (sumOf(sums) + sum) / count, centre = f32x4.splat(mean);
    sums = f32x4.splat(0);
    sum = 0;
    for (c = 0; c + 16 <= width; c += 16) {
      const d = f32x4.sub(v128.load(x + c), centre);
      sums = madd(d, d, sums);
    }
    for (; c < width; c += 4) {
      const d = load<f32>(x + c) - mean;
      sum += d * d;
    }
    const inverse: f32 = 1 / sqrt<f32>((sumOf(sums) + sum) / count + epsilon), factor = f32x4.splat(inverse);
    for (c = 0; c + 16 <= width; c += 16) {
      const standard = f32x4.mul(f32x4.sub(v128.load(x + c), centre), factor);
      v128.store(out + c, madd(standard, v128.load(gamma + c), v128.load(beta + c)));
    }
    for (; c < width; c += 4) {
      store<f32>(out + c, (load<f32>(x + c) - mean) * inverse * load<f32>(gamma + c) + load<f32>(beta + c));
    }
    store<f32>(means, mean);
    store<f32>(inverses, inverse);
    means += 4;
    inverses += 4;
    x += width;
    out += width;
  }
}

/**
 * Of y by `layerNorm`: with s = (x − mean) · inverse and g = gamma · dy, dx = inverse · (g − mean(g) − s · mean(g · s)),
 * dGamma = Σ dy · s, dBeta = Σ dy over the rows (f32 over 64 of them, f64 above). `totals`: 16 bytes a channel.
 */
export function layerNormGradient(
  x: usize, dy: usize, gamma: usize, means: usize, inverses: usize, dx: usize, dGamma: usize, dBeta: usize, totals: usize,
  rows: i32, channels: i32,
): void {
  const width = <usize>channels << 2, count: f32 = <f32>channels;
  memory.fill(totals, 0, width << 2);
  for (let start = 0; start < rows; start += 64) {
    const end = min(rows, start + 64);
    memory.fill(dGamma, 0, width);
    memory.fill(dBeta, 0, width);
    for (let r = start; r < end; r++) {
      const mean = load<f32>(means + (<usize>r << 2)), inverse = load<f32>(inverses + (<usize>r << 2));
      const centre = f32x4.splat(mean), factor = f32x4.splat(inverse);
      let sums = f32x4.splat(0), dots = f32x4.splat(0), sum: f32 = 0, dot: f32 = 0, c: usize = 0;
      for (; c + 16 <= width; c += 16) {
        const g = v128.load(dy + c), s = f32x4.mul(f32x4.sub(v128.load(x + c), centre), factor);
        const weighted = f32x4.mul(g, v128.load(gamma + c));
        v128.store(dBeta + c, f32x4.add(v128.load(dBeta + c), g));
        v128.store(dGamma + c, madd(g, s, v128.load(dGamma + c)));
        sums = f32x4.add(sums, weighted);
        dots = madd(weighted, s, dots);
      }
      for (; c < width; c += 4) {
        const g = load<f32>(dy + c), s = (load<f32>(x + c) - mean) * inverse, weighted = g * load<f32>(gamma + c);
        store<f32>(dBeta + c, load<f32>(dBeta + c) + g);
        store<f32>(dGamma + c, load<f32>(dGamma + c) + g * s);
        sum += weighted;
        dot += weighted * s;
      }
      const a = (sumOf(sums) + sum) / count, b = (sumOf(dots) + dot) / count;
      const as = f32x4.splat(a), bs = f32x4.splat(b);
      for (c = 0; c + 16 <= width; c += 16) {
        const s = f32x4.mul(f32x4.sub(v128.load(x + c), centre), factor);
        const g = f32x4.sub(f32x4.mul(v128.load(dy + c), v128.load(gamma + c)), as);
        v128.store(dx + c, f32x4.mul(factor, f32x4.sub(g, f32x4.mul(s, bs))));
      }
      for (; c < width; c += 4) {
        const s = (load<f32>(x + c) - mean) * inverse;
        store<f32>(dx + c, inverse * (load<f32>(dy + c) * load<f32>(gamma + c) - a - s * b));
      }
      x += width;
      dy += width;
      dx += width;
    }
    addTo(totals, dBeta, channels);
    addTo(totals + (<usize>channels << 3), dGamma, channels);
  }
  round(totals, dBeta, channels);
  round(totals + (<usize>channels << 3), dGamma, channels);
}

/** totals += sums, f64 of f32. */
function addTo(totals: usize, sums: usize, channels: i32): void {
  for (let c: usize = 0; c < <usize>channels; c++) {
    store<f64>(totals + (c << 3), load<f64>(totals + (c << 3)) + <f64>load<f32>(sums + (c << 2)));
  }
}

/** sums = totals, f32 of f64. */
function round(totals: usize, sums: usize, channels: i32): void {
  for (let c: usize = 0; c < <usize>channels; c++) store<f32>(sums + (c << 2), <f32>load<f64>(totals + (c << 3)));
}

/**
 * totals[c] = Σ over rows of (x − centre[c]) · other, f32 over 64 rows and f64 above; `other` 0: of the square.
 * `partial`: 4 bytes a channel.
 */
function centredSums(x: usize, other: usize, centre: usize, partial: usize, totals: usize, rows: i32, channels: i32): void {
  const width = <usize>channels << 2;
  memory.fill(totals, 0, width << 1);
  for (let start = 0; start < rows; start += 64) {
    const end = min(rows, start + 64);
    memory.fill(partial, 0, width);
    for (let r = start; r < end; r++) {
      let c: usize = 0;
      for (; c + 16 <= width; c += 16) {
        const d = f32x4.sub(v128.load(x + c), v128.load(centre + c));
        v128.store(partial + c, madd(d, other == 0 ? d : v128.load(other + c), v128.load(partial + c)));
      }
      for (; c < width; c += 4) {
        const d = load<f32>(x + c) - load<f32>(centre + c);
        store<f32>(partial + c, load<f32>(partial + c) + d * (other == 0 ? d : load<f32>(other + c)));
      }
      x += width;
      if (other != 0) other += width;
    }
    addTo(totals, partial, channels);
  }
}

/**
 * y = gamma · (x − mean) · inverse + beta over the pixels and channels of each group of each example [pixels, channels];
 * means and inverses [batch, groups]. `scratch`: 20 bytes a channel.
 */
export function groupNorm(
  x: usize, gamma: usize, beta: usize, out: usize, means: usize, inverses: usize, scratch: usize,
  batch: i32, pixels: i32, channels: i32, groups: i32, epsilon: f32,
): void {
  const width = <usize>channels << 2, totals = scratch, partial = scratch + 2 * width;
  const centre = partial + width, scale = centre + width;
  const size = channels / groups, count: f64 = <f64>pixels * <f64>size;
  for (let example = 0; example < batch; example++) {
    columnSums(x, partial, totals, pixels, channels);
    for (let group = 0; group < groups; group++) {
      let sum: f64 = 0;
      for (let c = group * size; c < (group + 1) * size; c++) sum += load<f64>(totals + (<usize>c << 3));
      const mean = <f32>(sum / count);
      store<f32>(means + (<usize>group << 2), mean);
      for (let c = group * size; c < (group + 1) * size; c++) store<f32>(centre + (<usize>c << 2), mean);
    }
    centredSums(x, 0, centre, partial, totals, pixels, channels);
    for (let group = 0; group < groups; group++) {
      let sum: f64 = 0;
      for (let c = group * size; c < (group + 1) * size; c++) sum += load<f64>(totals + (<usize>c << 3));
      const inverse = <f32>(1 / sqrt<f64>(sum / count + <f64>epsilon));
      store<f32>(inverses + (<usize>group << 2), inverse);
      for (let c = group * size; c < (group + 1) * size; c++) {
        store<f32>(scale + (<usize>c << 2), inverse * load<f32>(gamma + (<usize>c << 2)));
      }
    }
    for (let p = 0; p < pixels; p++) {
      let c: usize = 0;
      for (; c + 16 <= width; c += 16) {
        const d = f32x4.sub(v128.load(x + c), v128.load(centre + c));
        v128.store(out + c, madd(d, v128.load(scale + c), v128.load(beta + c)));
      }
      for (; c < width; c += 4) {
        store<f32>(out + c, (load<f32>(x + c) - load<f32>(centre + c)) * load<f32>(scale + c) + load<f32>(beta + c));
      }
      x += width;
      out += width;
    }
    means += <usize>groups << 2;
    inverses += <usize>groups << 2;
  }
}

/**
 * Of y by `groupNorm`, as `layerNormGradient`; sums over the pixels of an example first. `scratch`: 52 bytes a channel.
 */
export function groupNormGradient(
  x: usize, dy: usize, gamma: usize, means: usize, inverses: usize, dx: usize, dGamma: usize, dBeta: usize, scratch: usize,
  batch: i32, pixels: i32, channels: i32, groups: i32,
): void {
  const width = <usize>channels << 2;
  const sums = scratch, dots = sums + 2 * width, allSums = dots + 2 * width, allDots = allSums + 2 * width;
  const partial = allDots + 2 * width, centre = partial + width, scale = centre + width;
  const shift = scale + width, slope = shift + width;
  const size = channels / groups, count: f64 = <f64>pixels * <f64>size;
  memory.fill(allSums, 0, 4 * width);
  for (let example = 0; example < batch; example++) {
    for (let group = 0; group < groups; group++) {
      const mean = load<f32>(means + (<usize>group << 2));
      for (let c = group * size; c < (group + 1) * size; c++) store<f32>(centre + (<usize>c << 2), mean);
    }
    columnSums(dy, partial, sums, pixels, channels);
    centredSums(x, dy, centre, partial, dots, pixels, channels);
    for (let group = 0; group < groups; group++) {
      const inverse = <f64>load<f32>(inverses + (<usize>group << 2));
      let a: f64 = 0, b: f64 = 0;
      for (let c = group * size; c < (group + 1) * size; c++) {
        const at = <usize>c << 3, weight = <f64>load<f32>(gamma + (<usize>c << 2));
        const sum = load<f64>(sums + at), dot = load<f64>(dots + at) * inverse;
        store<f64>(allSums + at, load<f64>(allSums + at) + sum);
        store<f64>(allDots + at, load<f64>(allDots + at) + dot);
        a += weight * sum;
        b += weight * dot;
      }
      // dx = inverse · gamma · dy − inverse · a / n − inverse² · b / n · (x − mean)
      for (let c = group * size; c < (group + 1) * size; c++) {
        const at = <usize>c << 2;
        store<f32>(scale + at, <f32>(inverse * <f64>load<f32>(gamma + at)));
        store<f32>(shift + at, <f32>(-inverse * a / count));
        store<f32>(slope + at, <f32>(-inverse * inverse * b / count));
      }
    }
    for (let p = 0; p < pixels; p++) {
      let c: usize = 0;
      for (; c + 16 <= width; c += 16) {
        const d = f32x4.sub(v128.load(x + c), v128.load(centre + c));
        const g = madd(v128.load(dy + c), v128.load(scale + c), v128.load(shift + c));
        v128.store(dx + c, madd(d, v128.load(slope + c), g));
      }
      for (; c < width; c += 4) {
        const d = load<f32>(x + c) - load<f32>(centre + c), g = load<f32>(dy + c) * load<f32>(scale + c) + load<f32>(shift + c);
        store<f32>(dx + c, d * load<f32>(slope + c) + g);
      }
      x += width;
      dy += width;
      dx += width;
    }
    means += <usize>groups << 2;
    inverses += <usize>groups << 2;
  }
  round(allSums, dBeta, channels);
  round(allDots, dGamma, channels);
}
