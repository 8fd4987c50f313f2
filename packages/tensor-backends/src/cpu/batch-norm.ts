import { globalGradientSums, globalStatistics } from '../ops/global-statistics.ts';

/* Batch normalization on rows of `channels` values, sums in double precision. */

export interface Moments {
  mean: Float32Array;
  variance: Float32Array;
}

/** Of the global batch, the variance divided by its rows. */
export function moments(x: Float32Array, channels: number): Moments {
  const rows = x.length / channels;
  const mean = sums(x, channels, (value) => value).map((sum) => sum / rows);
  const squares = sums(x, channels, (value, c) => (value - (mean[c] as number)) ** 2);
  const whole = globalStatistics({ rows, mean, squares });
  return { mean: scaled(whole.mean, 1), variance: scaled(whole.squares, 1 / whole.rows) };
}

/** moving = momentum · moving + (1 − momentum) · batch, in place. */
export function move(moving: Float32Array | undefined, batch: Float32Array, momentum: number): void {
  for (const [c, value] of moving?.entries() ?? []) {
    (moving as Float32Array)[c] = value - (value - (batch[c] as number)) * (1 - momentum);
  }
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

/** dx through the statistics of the global batch; dGamma and dBeta of this replica's rows. */
export function gradients(
  x: Float32Array,
  dy: Float32Array,
  { mean, variance }: Moments,
  gamma: Float32Array,
  epsilon: number,
): { dx: Float32Array; dGamma: Float32Array; dBeta: Float32Array } {
  const channels = gamma.length;
  const deviation = variance.map((value) => 1 / Math.sqrt(value + epsilon));
  const centred = (i: number, c: number) => (x[i] as number) - (mean[c] as number);
  const local = {
    rows: x.length / channels,
    sums: sums(dy, channels, (value) => value),
    dots: sums(dy, channels, (value, c, i) => value * centred(i, c)),
  };
  const whole = globalGradientSums(local);
  const dx = dy.map((value, i) => {
    const c = i % channels;
    const inverse = deviation[c] as number;
    const rest =
      ((whole.sums[c] as number) + centred(i, c) * inverse * inverse * (whole.dots[c] as number)) / whole.rows;
    return (gamma[c] as number) * inverse * (value - rest);
  });
  const dGamma = Float32Array.from(local.dots, (dot, c) => dot * (deviation[c] as number));
  return { dx, dGamma, dBeta: scaled(local.sums, 1) };
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
