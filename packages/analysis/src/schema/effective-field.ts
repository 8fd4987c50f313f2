import type { Pair } from './receptive-field.ts';

/** A pixel counts as seen above this share of the peak: what lies two standard deviations from a Gaussian's middle. */
export const EFFECTIVE_FIELD_THRESHOLD = 1 - 0.9545;

/** How wide a map of influence is. */
export interface EffectiveField {
  /** Largest value of the map. */
  peak: number;
  /** Middle of the mass, in pixels from the first. */
  mean: Pair;
  /** Standard deviation along height and width with the map as a distribution, in pixels. */
  standardDeviation: Pair;
  /** Pixels above the threshold. */
  area: number;
  /** Side of a square of that area, `√area`: the size that Luo et al. report. */
  size: number;
}

/**
 * Width of a map of non-negative influences: with `p = map / Σ map`, `σ² = Σ p (r − mean)²` on each axis; the area counts
 * pixels above (1 − 0.9545) · peak. Of a map that is 0 everywhere, mean and deviation are NaN and the area is 0.
 *
 * @param map Row by row, height × width values.
 * @throws RangeError if the number of values is not height · width, or one is negative or not finite.
 * @see Luo, Li, Urtasun, Zemel 2016, "Understanding the effective receptive field in deep convolutional neural networks",
 * https://arxiv.org/abs/1701.04128
 */
export function effectiveField(map: ArrayLike<number>, [height, width]: Pair): EffectiveField {
  if (map.length !== height * width) {
    throw new RangeError(`effectiveField: the map must have ${height}×${width} values; received ${map.length}.`);
  }
  const rows = new Float64Array(height);
  const columns = new Float64Array(width);
  let peak = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const value = map[row * width + column] ?? 0;
      if (!(value >= 0 && Number.isFinite(value))) {
        throw new RangeError(
          `effectiveField: an influence must be finite and not negative; received ${value} at row ${row}, column ${column}.`,
        );
      }
      rows[row] = (rows[row] ?? 0) + value;
      columns[column] = (columns[column] ?? 0) + value;
      peak = Math.max(peak, value);
    }
  }
  const [vertical, horizontal] = [moments(rows), moments(columns)];
  const threshold = EFFECTIVE_FIELD_THRESHOLD * peak;
  const area = Array.from(map).reduce((count, value) => (value > threshold ? count + 1 : count), 0);
  return {
    peak,
    mean: [vertical.mean, horizontal.mean],
    standardDeviation: [vertical.deviation, horizontal.deviation],
    area,
    size: Math.sqrt(area),
  };
}

function moments(mass: Float64Array): { mean: number; deviation: number } {
  const total = mass.reduce((sum, value) => sum + value, 0);
  const mean = mass.reduce((sum, value, place) => sum + value * place, 0) / total;
  const variance = mass.reduce((sum, value, place) => sum + value * (place - mean) ** 2, 0) / total;
  return { mean, deviation: Math.sqrt(variance) };
}
