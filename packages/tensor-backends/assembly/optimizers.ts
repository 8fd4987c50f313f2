/*
 * Optimizer steps in place, in the formulas of PyTorch's SGD, Adam, AdamW and RMSprop. `l2` · w is added to the gradient first
 * (0: nothing, so that a weight that is not finite does not touch its neighbours' formulas). Worst error of a step against
 * double precision, relative to weight and step (`npm run errors`): 1.2e-7.
 */

// @ts-ignore: decorator
@inline
function decayed4(gradient: v128, weights: v128, l2: f32): v128 {
  return l2 == 0 ? gradient : f32x4.add(gradient, f32x4.mul(f32x4.splat(l2), weights));
}

// @ts-ignore: decorator
@inline
function decayed(gradient: f32, weight: f32, l2: f32): f32 {
  return l2 == 0 ? gradient : gradient + l2 * weight;
}

/** w −= rate · g */
export function sgdStep(weights: usize, gradient: usize, count: i32, rate: f32, l2: f32): void {
  const lr = f32x4.splat(rate);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    const w = v128.load(weights + at);
    v128.store(weights + at, f32x4.sub(w, f32x4.mul(lr, decayed4(v128.load(gradient + at), w, l2))));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    const w = load<f32>(weights + at);
    store<f32>(weights + at, w - rate * decayed(load<f32>(gradient + at), w, l2));
  }
}

/** velocity = momentum · velocity + g; w −= rate · (nesterov ? g + momentum · velocity : velocity) */
export function momentumStep(
  weights: usize, gradient: usize, velocity: usize, count: i32, rate: f32, momentum: f32, nesterov: i32, l2: f32,
): void {
  const lr = f32x4.splat(rate), mu = f32x4.splat(momentum);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    const w = v128.load(weights + at);
    const g = decayed4(v128.load(gradient + at), w, l2);
    const v = f32x4.add(f32x4.mul(mu, v128.load(velocity + at)), g);
    v128.store(velocity + at, v);
    const step = nesterov ? f32x4.add(g, f32x4.mul(mu, v)) : v;
    v128.store(weights + at, f32x4.sub(w, f32x4.mul(lr, step)));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    const w = load<f32>(weights + at);
    const g = decayed(load<f32>(gradient + at), w, l2);
    const v = momentum * load<f32>(velocity + at) + g;
    store<f32>(velocity + at, v);
    const step = nesterov ? g + momentum * v : v;
    store<f32>(weights + at, w - rate * step);
  }
}

/**
 * m = β₁m + (1 − β₁)g; v = β₂v + (1 − β₂)g²; w = shrink · w − rate · m / (√v · inverseRoot + epsilon), where the caller
 * folds the bias corrections in: rate / (1 − β₁ᵗ) and inverseRoot = 1 / √(1 − β₂ᵗ). `shrink` is 1, or AdamW's 1 − rate ·
 * decay. keep = 1 − β comes from the caller too: in single precision, 1 − 0.999 would be 5e-5 off.
 */
export function adamStep(
  weights: usize, gradient: usize, m: usize, v: usize, count: i32, rate: f32, beta1: f32, keep1: f32, beta2: f32, keep2: f32,
  inverseRoot: f32, epsilon: f32, l2: f32, shrink: f32,
): void {
  const lr = f32x4.splat(rate), b1 = f32x4.splat(beta1), b2 = f32x4.splat(beta2), k1 = f32x4.splat(keep1), k2 = f32x4.splat(keep2);
  const root = f32x4.splat(inverseRoot), eps = f32x4.splat(epsilon), rest = f32x4.splat(shrink);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    const w = v128.load(weights + at);
    const g = decayed4(v128.load(gradient + at), w, l2);
    const first = f32x4.add(f32x4.mul(b1, v128.load(m + at)), f32x4.mul(k1, g));
    const second = f32x4.add(f32x4.mul(b2, v128.load(v + at)), f32x4.mul(k2, f32x4.mul(g, g)));
    v128.store(m + at, first);
    v128.store(v + at, second);
    const step = f32x4.div(f32x4.mul(lr, first), f32x4.add(f32x4.mul(f32x4.sqrt(second), root), eps));
    v128.store(weights + at, f32x4.sub(f32x4.mul(rest, w), step));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    const w = load<f32>(weights + at);
    const g = decayed(load<f32>(gradient + at), w, l2);
    const first = beta1 * load<f32>(m + at) + keep1 * g;
    const second = beta2 * load<f32>(v + at) + keep2 * (g * g);
    store<f32>(m + at, first);
    store<f32>(v + at, second);
    store<f32>(weights + at, shrink * w - (rate * first) / (sqrt(second) * inverseRoot + epsilon));
  }
}

/**
 * v = ρv + (1 − ρ)g²; step = g / (√v + epsilon); where there is a velocity (its address is not 0): velocity = momentum ·
 * velocity + step, and that is the step; w −= rate · step. keep = 1 − ρ.
 */
export function rmspropStep(
  weights: usize, gradient: usize, v: usize, velocity: usize, count: i32, rate: f32, rho: f32, keep: f32, momentum: f32,
  epsilon: f32, l2: f32,
): void {
  const lr = f32x4.splat(rate), r = f32x4.splat(rho), k = f32x4.splat(keep), mu = f32x4.splat(momentum), eps = f32x4.splat(epsilon);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    const w = v128.load(weights + at);
    const g = decayed4(v128.load(gradient + at), w, l2);
    const square = f32x4.add(f32x4.mul(r, v128.load(v + at)), f32x4.mul(k, f32x4.mul(g, g)));
    v128.store(v + at, square);
    let step = f32x4.div(g, f32x4.add(f32x4.sqrt(square), eps));
    if (velocity != 0) {
      step = f32x4.add(f32x4.mul(mu, v128.load(velocity + at)), step);
      v128.store(velocity + at, step);
    }
    v128.store(weights + at, f32x4.sub(w, f32x4.mul(lr, step)));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    const w = load<f32>(weights + at);
    const g = decayed(load<f32>(gradient + at), w, l2);
    const square = rho * load<f32>(v + at) + keep * (g * g);
    store<f32>(v + at, square);
    let step = g / (sqrt(square) + epsilon);
    if (velocity != 0) {
      step = momentum * load<f32>(velocity + at) + step;
      store<f32>(velocity + at, step);
    }
    store<f32>(weights + at, w - rate * step);
  }
}

/** average = decay · average + keep · value, where keep = 1 − decay. */
export function emaStep(average: usize, values: usize, count: i32, decay: f32, keep: f32): void {
  const d = f32x4.splat(decay), k = f32x4.splat(keep);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    const kept = f32x4.mul(d, v128.load(average + at));
    v128.store(average + at, f32x4.add(kept, f32x4.mul(k, v128.load(values + at))));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    store<f32>(average + at, decay * load<f32>(average + at) + keep * load<f32>(values + at));
  }
}
