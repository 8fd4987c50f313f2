import type { ActivationName } from '@ablate/layers/schema';
import { at, ndArray, type NdArray } from '@ablate/layers/contract';

export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.log1p(Math.exp(x));

const elementwise: Record<Exclude<ActivationName, 'softmax'>, (x: number) => number> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => Math.min(6, Math.max(0, x)),
  elu: (x) => (x < 0 ? Math.expm1(x) : x),
  selu: (x) => 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * Math.expm1(x) : x),
  gelu: (x) => (x * (1 + erf(x / Math.SQRT2))) / 2,
  swish: (x) => x * sigmoid(x),
  mish: (x) => x * Math.tanh(softplus(x)),
  sigmoid,
  hardSigmoid: (x) => Math.min(1, Math.max(0, 0.2 * x + 0.5)),
  tanh: Math.tanh,
  softplus,
  softsign: (x) => x / (1 + Math.abs(x)),
};

/** An activation by name; softmax over the last axis. */
export function activate(x: NdArray, name: ActivationName | null): NdArray {
  if (name !== 'softmax') return map(x, elementwise[name ?? 'linear']);
  const channels = x.shape.at(-1) ?? 1;
  return ndArray(x.shape, (...index) => {
    const row = Array.from({ length: channels }, (_, c) => Math.exp(at(x, ...index.slice(0, -1), c)));
    return (row[index.at(-1) as number] as number) / row.reduce((a, b) => a + b, 0);
  });
}

export function map({ shape, data }: NdArray, f: (value: number) => number): NdArray {
  return { shape, data: data.map(f) };
}

/** The error function by its Taylor series, which converges fast where |x| < 3. */
export function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
