import { type ClassScores, checkClassScores, topClass } from './class-scores.ts';

/** The predictions whose confidence lies in (from, to]; the first bin holds 0 too. */
export interface CalibrationBin {
  from: number;
  to: number;
  count: number;
  /** Mean confidence; null for an empty bin. */
  confidence: number | null;
  /** Share of right predictions; null for an empty bin. */
  accuracy: number | null;
}

/** Whether a classifier is right as often as it says. */
export interface Calibration {
  /** Expected calibration error, in [0, 1]: `Σ_bins (count / n) · |accuracy − confidence|`; null without examples. */
  expectedError: number | null;
  /** Maximum calibration error: the largest |accuracy − confidence| of a bin; null without examples. */
  maximumError: number | null;
  /** The reliability diagram. */
  bins: CalibrationBin[];
}

/**
 * Reliability diagram and calibration errors of the predicted class. Confidence is the largest probability; the bins are
 * of equal width: bin m of M holds confidences in ((m − 1)/M, m/M]. The errors depend on M; 15 is the paper's.
 *
 * @param options.bins M, a whole number from 1. Default 15.
 * @throws RangeError unless the probabilities are those of a classifier, as {@link ClassScores} says.
 * @see Guo et al. 2017, "On calibration of modern neural networks", https://arxiv.org/abs/1706.04599
 */
export function calibration(scores: ClassScores, { bins: count = 15 }: { bins?: number } = {}): Calibration {
  checkClassScores('calibration', scores);
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`calibration: bins must be a whole number from 1; received ${count}.`);
  }
  const sums = Array.from({ length: count }, () => ({ count: 0, confidence: 0, right: 0 }));
  const edges = Array.from({ length: count + 1 }, (_, edge) => edge / count);
  for (let example = 0; example < scores.labels.length; example++) {
    const { top, confidence } = topClass(scores, example);
    const place = edges.findIndex((edge, index) => index > 0 && confidence <= edge) - 1;
    const bin = sums[place];
    if (bin === undefined) throw new Error(`internal: no bin holds the confidence ${confidence}.`);
    bin.count++;
    bin.confidence += confidence;
    if (top === scores.labels[example]) bin.right++;
  }
  const bins = sums.map(
    (sum, bin): CalibrationBin => ({
      from: edges[bin] ?? 0,
      to: edges[bin + 1] ?? 1,
      count: sum.count,
      confidence: sum.count === 0 ? null : sum.confidence / sum.count,
      accuracy: sum.count === 0 ? null : sum.right / sum.count,
    }),
  );
  const filled = bins.filter((bin) => bin.count > 0);
  const gaps = filled.map(({ accuracy, confidence }) => Math.abs((accuracy ?? 0) - (confidence ?? 0)));
  const total = scores.labels.length;
  return {
    expectedError:
      total === 0 ? null : gaps.reduce((sum, gap, index) => sum + gap * ((filled[index]?.count ?? 0) / total), 0),
    maximumError: total === 0 ? null : Math.max(...gaps),
    bins,
  };
}
