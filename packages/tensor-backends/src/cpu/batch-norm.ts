/* Batch normalization on rows of `channels` values, sums in double precision. */

export interface Moments {
  mean: Float32Array;
  variance: Float32Array;
}

export function moments(x: Float32Array, channels: number): Moments {
  const rows = x.length / channels;
  const mean = scaled(
    sums(x, channels, (value) => value),
    1 / rows,
  );
  const variance = scaled(
    sums(x, channels, (value, c) => (value - (mean[c] as number)) ** 2),
    1 / rows,
  );
  return { mean, variance };
}

export function normalize(
  x: Float32Array,
  { mean, variance }: Moments,
  gamma: Float32Array,
  beta: Float32Array,
  epsilon: number,
): Float32Array {
  const channels = gamma.length;
  const scale = gamma.map((value, c) => value / Math.sqrt((variance[c] as number) + epsilon));
  return x.map((value, i) => {
    const c = i % channels;
    return (value - (mean[c] as number)) * (scale[c] as number) + (beta[c] as number);
  });
}

export function gradients(
  x: Float32Array,
  dy: Float32Array,
  { mean, variance }: Moments,
  gamma: Float32Array,
  epsilon: number,
): { dx: Float32Array; dGamma: Float32Array; dBeta: Float32Array } {
  const channels = gamma.length;
  const rows = x.length / channels;
  const deviation = variance.map((value) => 1 / Math.sqrt(value + epsilon));
  const unit = (i: number, c: number) => ((x[i] as number) - (mean[c] as number)) * (deviation[c] as number);
  const dBeta = scaled(
    sums(dy, channels, (value) => value),
    1,
  );
  const dGamma = scaled(
    sums(dy, channels, (value, c, i) => value * unit(i, c)),
    1,
  );
  const dx = dy.map((value, i) => {
    const c = i % channels;
    const rest = ((dBeta[c] as number) + unit(i, c) * (dGamma[c] as number)) / rows;
    return (gamma[c] as number) * (deviation[c] as number) * (value - rest);
  });
  return { dx, dGamma, dBeta };
}

export function sums(
  x: Float32Array,
  channels: number,
  term: (value: number, channel: number, index: number) => number,
): Float64Array {
  const totals = new Float64Array(channels);
  for (let i = 0, c = 0; i < x.length; i++, c = c + 1 === channels ? 0 : c + 1) {
    totals[c] = (totals[c] as number) + term(x[i] as number, c, i);
  }
  return totals;
}

export function scaled(values: Float64Array, factor: number): Float32Array {
  return Float32Array.from(values, (value) => value * factor);
}
