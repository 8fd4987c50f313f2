/* Optimizer steps in place, in the formulas of ops/optimizer-steps.ts. */

export function sgdStep(weights: Float32Array, gradient: Float32Array, learningRate: number): void {
  for (let i = 0; i < weights.length; i++) {
    weights[i] = (weights[i] as number) - learningRate * (gradient[i] as number);
  }
}

export function momentumStep(
  weights: Float32Array,
  gradient: Float32Array,
  velocity: Float32Array,
  { learningRate, momentum, nesterov }: { learningRate: number; momentum: number; nesterov: boolean },
): void {
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i] as number;
    const v = momentum * (velocity[i] as number) + g;
    velocity[i] = v;
    weights[i] = (weights[i] as number) - learningRate * (nesterov ? g + momentum * v : v);
  }
}

export function adamStep(
  weights: Float32Array,
  gradient: Float32Array,
  first: Float32Array,
  second: Float32Array,
  { rate, beta1, beta2, inverseRoot, epsilon }: Record<'rate' | 'beta1' | 'beta2' | 'inverseRoot' | 'epsilon', number>,
): void {
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i] as number;
    const m = beta1 * (first[i] as number) + (1 - beta1) * g;
    const v = beta2 * (second[i] as number) + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    weights[i] = (weights[i] as number) - (rate * m) / (Math.sqrt(v) * inverseRoot + epsilon);
  }
}
