/*
 * Activations, biases and sums over rows. Worst error against double precision (`npm run errors`): activations 0; gradients
 * of a bias 1.0e-7, sums of columns 5.8e-8, of segments 5.3e-8, relative to ‖Σ |terms|‖.
 */
/** out = y > 0 ? dy : 0, over `count` elements. */
export function reluGradient(y: usize, dy: usize, out: usize, count: i32): void {
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    v128.store(out + at, v128.and(v128.load(dy + at), f32x4.gt(v128.load(y + at), zero)));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    store<f32>(out + at, load<f32>(y + at) > 0 ? load<f32>(dy + at) : 0);
  }
}

/**
 * out = 0 < y ≤ top ? dy : 0, and sums[c] = Σ over rows of out[r][c] (f32 over 64 rows, f64 above): the gradients before a
 * ReLU (top ∞) or ReLU6 (the number below 6) and in the bias before it. `totals`: 8 bytes a channel.
 */
export function biasActivationGradient(
  y: usize, dy: usize, out: usize, sums: usize, totals: usize, rows: i32, channels: i32, top: f32,
): void {
  const zero = f32x4.splat(0), tops = f32x4.splat(top), stride = <usize>channels << 2;
  memory.fill(totals, 0, 2 * stride);
  for (let start = 0; start < rows; start += 64) {
    const end = min(rows, start + 64);
    memory.fill(sums, 0, stride);
    for (let r = start; r < end; r++) {
      let c: usize = 0;
      for (; c + 16 <= stride; c += 16) {
        const v = v128.load(y + c);
        const g = v128.and(v128.load(dy + c), v128.and(f32x4.gt(v, zero), f32x4.le(v, tops)));
        v128.store(out + c, g);
        v128.store(sums + c, f32x4.add(v128.load(sums + c), g));
      }
      for (; c < stride; c += 4) {
        const v = load<f32>(y + c), g: f32 = v > 0 && v <= top ? load<f32>(dy + c) : 0;
        store<f32>(out + c, g);
        store<f32>(sums + c, load<f32>(sums + c) + g);
      }
      y += stride; dy += stride; out += stride;
    }
    for (let c = 0; c < channels; c++) {
      const t = totals + (<usize>c << 3);
      store<f64>(t, load<f64>(t) + <f64>load<f32>(sums + (<usize>c << 2)));
    }
  }
  for (let c = 0; c < channels; c++) store<f32>(sums + (<usize>c << 2), <f32>load<f64>(totals + (<usize>c << 3)));
}

/** out = max(a + b, 0) over `count` elements; NaN stays NaN. */
export function addRelu(a: usize, b: usize, out: usize, count: i32): void {
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    v128.store(out + at, f32x4.max(f32x4.add(v128.load(a + at), v128.load(b + at)), zero));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    store<f32>(out + at, max<f32>(load<f32>(a + at) + load<f32>(b + at), 0));
  }
}

/** out[r][c] += bias[c], then activation: 0 none, 1 ReLU, 2 ReLU6. */
export function addBias(out: usize, bias: usize, rows: i32, channels: i32, activation: i32): void {
  const zero = f32x4.splat(0), six = f32x4.splat(6);
  for (let r = 0; r < rows; r++) {
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const at = <usize>c << 2;
      let v = v128.load(out + at);
      if (bias != 0) v = f32x4.add(v, v128.load(bias + at));
      if (activation > 0) v = f32x4.max(v, zero);
      if (activation > 1) v = f32x4.min(v, six);
      v128.store(out + at, v);
    }
    for (; c < channels; c++) {
      const at = <usize>c << 2;
      let v = load<f32>(out + at);
      if (bias != 0) v += load<f32>(bias + at);
      if (activation > 0) v = max<f32>(v, 0);
      if (activation > 1) v = min<f32>(v, 6);
      store<f32>(out + at, v);
    }
    out += <usize>channels << 2;
  }
}

/** sums[c] = Σ over rows of x[r][c] (f32 over 64 rows, f64 above). */
export function columnSums(x: usize, sums: usize, totals: usize, rows: i32, channels: i32): void {
  memory.fill(totals, 0, <usize>channels << 3);
  for (let start = 0; start < rows; start += 64) {
    const end = min(rows, start + 64);
    memory.fill(sums, 0, <usize>channels << 2);
    for (let r = start; r < end; r++) {
      const row = x + (<usize>(r * channels) << 2);
      let c = 0;
      for (; c + 4 <= channels; c += 4) {
        const at = <usize>c << 2;
        v128.store(sums + at, f32x4.add(v128.load(sums + at), v128.load(row + at)));
      }
      for (; c < channels; c++) {
        const at = <usize>c << 2;
        store<f32>(sums + at, load<f32>(sums + at) + load<f32>(row + at));
      }
    }
    for (let c = 0; c < channels; c++) {
      const t = totals + (<usize>c << 3);
      store<f64>(t, load<f64>(t) + <f64>load<f32>(sums + (<usize>c << 2)));
    }
  }
  for (let c = 0; c < channels; c++) store<f32>(sums + (<usize>c << 2), <f32>load<f64>(totals + (<usize>c << 3)));
}

/** out[id[r]] += x[r] over rows of `width` floats; ids outside 0 … segments − 1 are left out, as tfjs does. */
export function segmentSum(x: usize, ids: usize, out: usize, rows: i32, width: i32, segments: i32): void {
  memory.fill(out, 0, <usize>(segments * width) << 2);
  for (let r = 0; r < rows; r++) {
    const id = load<i32>(ids + (<usize>r << 2));
    if (id < 0 || id >= segments) continue;
    const from = x + (<usize>(r * width) << 2), to = out + (<usize>(id * width) << 2);
    for (let c = 0; c < width; c++) {
      const at = <usize>c << 2;
      store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
    }
  }
}
