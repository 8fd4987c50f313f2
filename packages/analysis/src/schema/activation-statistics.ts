import type { Histogram } from './histogram.ts';

/** What comes out of a layer, in a few numbers. */
export interface ActivationStatistics {
  mean: number;
  standardDeviation: number;
  /** Share of values that are exactly 0. */
  zeros: number;
  /** Share of values within 2 % of the range from one of its bounds; null for an activation without bounds. */
  saturated: number | null;
  /** Share of units (channels) that are 0 for every example, at every place. */
  deadUnits: number;
  /** Values that are NaN or infinite: the others say nothing if there are any. */
  nonFinite: number;
}

/** The activations of one layer. */
export interface LayerActivations extends ActivationStatistics {
  layer: string;
}

/** The activations of a network at one step. */
export interface ActivationRecord {
  step: number;
  /** Examples that were looked at: with few of them a unit that is rarely on seems dead. */
  examples: number;
  /** From the input to the output; with a histogram where a study asks for it, null where no value is finite. */
  layers: (LayerActivations & { histogram?: Histogram | null })[];
}

/** A value is saturated within this share of the range from a bound. */
export const SATURATION_MARGIN = 0.02;

/**
 * Mean, spread, saturation and dead units of activations.
 *
 * @param values Of some examples, channels last.
 * @param bounds Where the activation is bounded: [0, 1] for a sigmoid, [−1, 1] for tanh.
 * @throws RangeError unless the number of values is a multiple of the channels, and not 0.
 */
export function activationStatistics(
  values: ArrayLike<number>,
  channels: number,
  bounds?: readonly [low: number, high: number],
): ActivationStatistics {
  const size = values.length;
  if (size === 0 || !(channels >= 1) || size % channels !== 0) {
    throw new RangeError(
      `activationStatistics: the number of values must be a multiple of channels (=${channels}); received ${size}.`,
    );
  }
  const [low, high] = bounds ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const margin = bounds === undefined ? 0 : SATURATION_MARGIN * (high - low);
  const alive = new Uint8Array(channels);
  let [sum, zeros, saturated, nonFinite] = [0, 0, 0, 0];
  for (let place = 0; place < size; place++) {
    const value = values[place] ?? Number.NaN;
    if (value === 0) zeros++;
    else alive[place % channels] = 1;
    if (!Number.isFinite(value)) nonFinite++;
    else sum += value;
    if (value <= low + margin || value >= high - margin) saturated++;
  }
  const mean = sum / Math.max(1, size - nonFinite);
  let squares = 0;
  for (let place = 0; place < size; place++) {
    const value = values[place] ?? Number.NaN;
    if (Number.isFinite(value)) squares += (value - mean) ** 2;
  }
  return {
    mean,
    standardDeviation: Math.sqrt(squares / Math.max(1, size - nonFinite)),
    zeros: zeros / size,
    saturated: bounds === undefined ? null : saturated / size,
    deadUnits: alive.reduce((dead, is) => dead + 1 - is, 0) / channels,
    nonFinite,
  };
}
