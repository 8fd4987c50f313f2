import type { Histogram } from './histogram.ts';
import { quantile } from './quantile.ts';

/** A gradient in a few numbers. */
export interface GradientStatistics {
  /** Mean of |g| over the elements that are finite. */
  meanAbs: number;
  /** Largest |g| of those that are finite. */
  maxAbs: number;
  /** ‖g‖ of those that are finite. */
  norm: number;
  /** Share of elements that are exactly 0, in 0 … 1. */
  zeros: number;
  /** Elements that are NaN or infinite: the values above say nothing if there are any. */
  nonFinite: number;
  size: number;
}

/** The gradient of one weight at one step. */
export interface WeightFlow extends GradientStatistics {
  /** Path of the weight: `block2/conv1/kernel`. */
  weight: string;
  /** ‖update‖ / ‖weight‖; null where the update was not recorded, or the weight is 0. */
  updateRatio: number | null;
}

/** Of a gradient, and of its weight before the step; null where no value is finite. */
export interface WeightHistograms {
  gradient: Histogram | null;
  weight: Histogram | null;
}

/** The gradients of a network at one step. */
export interface GradientFlow {
  step: number;
  /** From the input to the output; with histograms where a study asks for them. */
  weights: (WeightFlow & { histograms?: WeightHistograms })[];
}

/**
 * How much of the gradient reaches the first layer: the root mean square gradient of the first kernel as a share of that of
 * the last, median over the steps. Far below 1, gradients vanish on their way; far above, they explode.
 *
 * @returns Null without two kernels, or where the last has no gradient.
 */
export function gradientRatio(flows: readonly GradientFlow[]): number | null {
  const ratios = flows.flatMap(({ weights }) => {
    const kernels = weights.filter(({ weight }) => /(^|[/_])kernel$/.test(weight));
    const [first, last] = [kernels[0], kernels.at(-1)].map((kernel) => rootMeanSquare(kernel));
    return kernels.length < 2 || first === undefined || last === undefined || !(last > 0) ? [] : first / last;
  });
  return ratios.length === 0 ? null : quantile(ratios, 0.5);
}

function rootMeanSquare(flow: WeightFlow | undefined): number | undefined {
  return flow && flow.norm / Math.sqrt(flow.size);
}

/**
 * Mean and largest modulus, norm and zeros of a gradient. Sums are taken in float64; one pass, two numbers an element.
 *
 * @throws RangeError if it has no elements.
 */
export function gradientStatistics(gradient: ArrayLike<number>): GradientStatistics {
  const size = gradient.length;
  if (size === 0) throw new RangeError('gradientStatistics: a gradient must have elements; received none.');
  let [sum, squares, maxAbs, zeros, nonFinite] = [0, 0, 0, 0, 0];
  for (let place = 0; place < size; place++) {
    const modulus = Math.abs(gradient[place] ?? Number.NaN);
    if (!Number.isFinite(modulus)) nonFinite++;
    else {
      if (modulus === 0) zeros++;
      if (modulus > maxAbs) maxAbs = modulus;
      sum += modulus;
      squares += modulus * modulus;
    }
  }
  const finite = Math.max(1, size - nonFinite);
  return { meanAbs: sum / finite, maxAbs, norm: Math.sqrt(squares), zeros: zeros / size, nonFinite, size };
}

/**
 * The line of a weight in a {@link GradientFlow}.
 *
 * @param values `value` is the weight before the step, `update` what the step added to it.
 */
export function weightFlow(
  weight: string,
  values: { gradient: ArrayLike<number>; update?: ArrayLike<number>; value?: ArrayLike<number> },
): WeightFlow {
  const { gradient, update, value } = values;
  const norm = value === undefined || value.length === 0 ? 0 : gradientStatistics(value).norm;
  const updateRatio = update === undefined || norm === 0 ? null : gradientStatistics(update).norm / norm;
  return { weight, ...gradientStatistics(gradient), updateRatio };
}
