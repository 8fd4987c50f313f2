/* Optimizer steps in place, in the formulas of PyTorch's SGD and Adam. */

/** velocity = momentum · velocity + g; w −= rate · (nesterov ? g + momentum · velocity : velocity) */
export function momentumStep(weights: usize, gradient: usize, velocity: usize, count: i32, rate: f32, momentum: f32, nesterov: i32): void {
  const lr = f32x4.splat(rate), mu = f32x4.splat(momentum);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    const g = v128.load(gradient + at);
    const v = f32x4.add(f32x4.mul(mu, v128.load(velocity + at)), g);
    v128.store(velocity + at, v);
    const step = nesterov ? f32x4.add(g, f32x4.mul(mu, v)) : v;
    v128.store(weights + at, f32x4.sub(v128.load(weights + at), f32x4.mul(lr, step)));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    const g = load<f32>(gradient + at);
    const v = momentum * load<f32>(velocity + at) + g;
    store<f32>(velocity + at, v);
    const step = nesterov ? g + momentum * v : v;
    store<f32>(weights + at, load<f32>(weights + at) - rate * step);
  }
}

/** w −= rate · g */
export function sgdStep(weights: usize, gradient: usize, count: i32, rate: f32): void {
  const lr = f32x4.splat(rate);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    v128.store(weights + at, f32x4.sub(v128.load(weights + at), f32x4.mul(lr, v128.load(gradient + at))));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    store<f32>(weights + at, load<f32>(weights + at) - rate * load<f32>(gradient + at));
  }
}

/**
 * m = β₁m + (1 − β₁)g; v = β₂v + (1 − β₂)g²; w −= rate · m / (√v · inverseRoot + epsilon), where the caller folds the
 * bias corrections in: rate / (1 − β₁ᵗ) and inverseRoot = 1 / √(1 − β₂ᵗ). keep = 1 − β comes from the caller too: in single
 * precision, 1 − 0.999 would be 5e-5 off.
 */
export function adamStep(
  weights: usize, gradient: usize, m: usize, v: usize, count: i32, rate: f32, beta1: f32, keep1: f32, beta2: f32, keep2: f32,
  inverseRoot: f32, epsilon: f32,
): void {
  const lr = f32x4.splat(rate), b1 = f32x4.splat(beta1), b2 = f32x4.splat(beta2), k1 = f32x4.splat(keep1), k2 = f32x4.splat(keep2);
  const root = f32x4.splat(inverseRoot), eps = f32x4.splat(epsilon);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    const g = v128.load(gradient + at);
    const first = f32x4.add(f32x4.mul(b1, v128.load(m + at)), f32x4.mul(k1, g));
    const second = f32x4.add(f32x4.mul(b2, v128.load(v + at)), f32x4.mul(k2, f32x4.mul(g, g)));
    v128.store(m + at, first);
    v128.store(v + at, second);
    const step = f32x4.div(f32x4.mul(lr, first), f32x4.add(f32x4.mul(f32x4.sqrt(second), root), eps));
    v128.store(weights + at, f32x4.sub(v128.load(weights + at), step));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    const g = load<f32>(gradient + at);
    const first = beta1 * load<f32>(m + at) + keep1 * g;
    const second = beta2 * load<f32>(v + at) + keep2 * (g * g);
    store<f32>(m + at, first);
    store<f32>(v + at, second);
    store<f32>(weights + at, load<f32>(weights + at) - (rate * first) / (sqrt(second) * inverseRoot + epsilon));
  }
}
