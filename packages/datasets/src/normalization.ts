import { DatasetError } from './dataset-error.ts';
import type { DatasetSpec } from './schema/dataset-schema.ts';

/** `(pixel / 255 − mean) / std`, one of each for every channel. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * The mean and the (population) standard deviation of each channel of pixels scaled to 0 to 1. Exact up to double
 * rounding and independent of the order of the images: they are taken from the counts of the 256 values.
 */
export function fitNormalization(images: Uint8Array, channels: number): Normalization {
  const counts = new Float64Array(256 * channels);
  for (let i = 0; i < images.length; i += channels) {
    for (let c = 0; c < channels; c++) {
      const bin = c * 256 + (images[i + c] as number);
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
  const mean: number[] = [];
  const std: number[] = [];
  const total = images.length / channels;
  for (let c = 0; c < channels; c++) {
    const bins = counts.subarray(c * 256, (c + 1) * 256);
    const center = bins.reduce((sum, count, value) => sum + count * value, 0) / total;
    const variance = bins.reduce((sum, count, value) => sum + count * (value - center) ** 2, 0) / total;
    mean.push(center / 255);
    std.push(Math.sqrt(variance) / 255);
  }
  return { mean, std };
}

/**
 * What `normalize` asks for, `standard` fitted on the images of the training part.
 *
 * @throws DatasetError where a channel is the same everywhere, or given numbers don't fit the channels.
 */
export function resolveNormalization(
  normalize: DatasetSpec['normalize'],
  training: Uint8Array,
  channels: number,
): Normalization {
  if (normalize === 'none') return { mean: Array(channels).fill(0), std: Array(channels).fill(1) };
  if (normalize === 'standard') {
    const fitted = fitNormalization(training, channels);
    const flat = fitted.std.findIndex((std) => !(std > 0));
    if (flat >= 0) {
      throw new DatasetError(
        `normalize: channel ${flat} of the training part must vary to have a standard deviation; every pixel is ${Math.round((fitted.mean[flat] as number) * 255)}. Use normalize: none.`,
      );
    }
    return fitted;
  }
  return { mean: spread('mean', normalize.mean, channels), std: spread('std', normalize.std, channels) };
}

/** The normalized float of each byte: entry `channel × 256 + byte`. */
export function normalizationTable({ mean, std }: Normalization, channels: number): Float32Array {
  if (mean.length !== channels || std.length !== channels) {
    throw new DatasetError(
      `normalization: mean and std must have one number for each channel (=${channels}); received ${mean.length} and ${std.length}.`,
    );
  }
  return Float32Array.from({ length: 256 * channels }, (_, i) => {
    const channel = i >> 8;
    return ((i & 255) / 255 - (mean[channel] as number)) / (std[channel] as number);
  });
}

function spread(key: string, value: number | readonly number[], channels: number): readonly number[] {
  if (typeof value === 'number') return Array(channels).fill(value);
  if (value.length === channels) return value;
  throw new DatasetError(
    `normalize: ${key} must have one number for each channel (=${channels}); received ${value.length}.`,
  );
}
