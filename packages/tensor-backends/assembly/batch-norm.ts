/*
 * Batch normalization over rows [rows][channels] in training. Sums over many rows are kept in f64, fed from f32 sums
 * over BAND rows, so that a long batch costs no precision.
 */
const BAND: i32 = 64;

/** totals[c] (f64) += Σ over rows of value(c), where mode 0: x; 1: (x − mean)²; 2: dy; 3: dy · (x − mean). */
function sumRows(x: usize, dy: usize, mean: usize, totals: usize, rows: i32, channels: i32, mode: i32): void {
  const stride = <usize>channels << 2;
  memory.fill(totals, 0, <usize>channels << 3);
  for (let start = 0; start < rows; start += BAND) {
    const count = min(BAND, rows - start);
    const offset = <usize>start * stride;
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const at = <usize>c << 2;
      let sum = f32x4.splat(0);
      let p = x + offset + at, d = dy + offset + at;
      const m = mode == 1 || mode == 3 ? v128.load(mean + at) : f32x4.splat(0);
      if (mode == 0) {
        for (let r = 0; r < count; r++) { sum = f32x4.add(sum, v128.load(p)); p += stride; }
      } else if (mode == 1) {
        for (let r = 0; r < count; r++) {
          const v = f32x4.sub(v128.load(p), m);
          sum = f32x4.add(sum, f32x4.mul(v, v));
          p += stride;
        }
      } else if (mode == 2) {
        for (let r = 0; r < count; r++) { sum = f32x4.add(sum, v128.load(d)); d += stride; }
      } else {
        for (let r = 0; r < count; r++) {
          sum = f32x4.add(sum, f32x4.mul(v128.load(d), f32x4.sub(v128.load(p), m)));
          p += stride;
          d += stride;
        }
      }
      const t = totals + (<usize>c << 3);
      v128.store(t, f64x2.add(v128.load(t), f64x2.promote_low_f32x4(sum)));
      const high = v128.shuffle<i32>(sum, sum, 2, 3, 2, 3);
      v128.store(t, f64x2.add(v128.load(t, 16), f64x2.promote_low_f32x4(high)), 16);
    }
    for (; c < channels; c++) {
      const at = <usize>c << 2;
      let sum: f32 = 0;
      const m: f32 = mode == 1 || mode == 3 ? load<f32>(mean + at) : 0;
      for (let r = 0; r < count; r++) {
        const here = offset + <usize>r * stride + at;
        if (mode == 0) sum += load<f32>(x + here);
        else if (mode == 1) { const v = load<f32>(x + here) - m; sum += v * v; }
        else if (mode == 2) sum += load<f32>(dy + here);
        else sum += load<f32>(dy + here) * (load<f32>(x + here) - m);
      }
      const t = totals + (<usize>c << 3);
      store<f64>(t, load<f64>(t) + <f64>sum);
    }
  }
}

/** mean[c], variance[c] (of the batch, divided by rows). `totals`: 8 bytes a channel of scratch. */
export function batchMoments(x: usize, mean: usize, variance: usize, totals: usize, rows: i32, channels: i32): void {
  sumRows(x, x, mean, totals, rows, channels, 0);
  for (let c = 0; c < channels; c++) store<f32>(mean + (<usize>c << 2), <f32>(load<f64>(totals + (<usize>c << 3)) / <f64>rows));
  sumRows(x, x, mean, totals, rows, channels, 1);
  for (let c = 0; c < channels; c++) store<f32>(variance + (<usize>c << 2), <f32>(load<f64>(totals + (<usize>c << 3)) / <f64>rows));
}

/** out[r][c] = x[r][c] · scale[c] + shift[c] */
export function scaleShift(x: usize, scale: usize, shift: usize, out: usize, rows: i32, channels: i32): void {
  for (let r = 0; r < rows; r++) {
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const at = <usize>c << 2;
      v128.store(out + at, f32x4.add(f32x4.mul(v128.load(x + at), v128.load(scale + at)), v128.load(shift + at)));
    }
    for (; c < channels; c++) {
      const at = <usize>c << 2;
      store<f32>(out + at, load<f32>(x + at) * load<f32>(scale + at) + load<f32>(shift + at));
    }
    x += <usize>channels << 2;
    out += <usize>channels << 2;
  }
}

/** sums[c] = Σ dy, dots[c] = Σ dy · (x − mean) */
export function batchNormSums(
  x: usize, dy: usize, mean: usize, sums: usize, dots: usize, totals: usize, rows: i32, channels: i32,
): void {
  sumRows(x, dy, mean, totals, rows, channels, 2);
  for (let c = 0; c < channels; c++) store<f32>(sums + (<usize>c << 2), <f32>load<f64>(totals + (<usize>c << 3)));
  sumRows(x, dy, mean, totals, rows, channels, 3);
  for (let c = 0; c < channels; c++) store<f32>(dots + (<usize>c << 2), <f32>load<f64>(totals + (<usize>c << 3)));
}

/** out[r][c] = dy · a[c] + x · b[c] + d[c] */
export function batchNormInputGradient(
  x: usize, dy: usize, a: usize, b: usize, d: usize, out: usize, rows: i32, channels: i32,
): void {
  for (let r = 0; r < rows; r++) {
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const at = <usize>c << 2;
      const value = f32x4.add(
        f32x4.mul(v128.load(dy + at), v128.load(a + at)),
        f32x4.add(f32x4.mul(v128.load(x + at), v128.load(b + at)), v128.load(d + at)),
      );
      v128.store(out + at, value);
    }
    for (; c < channels; c++) {
      const at = <usize>c << 2;
      store<f32>(out + at, load<f32>(dy + at) * load<f32>(a + at) + (load<f32>(x + at) * load<f32>(b + at) + load<f32>(d + at)));
    }
    x += <usize>channels << 2;
    dy += <usize>channels << 2;
    out += <usize>channels << 2;
  }
}
