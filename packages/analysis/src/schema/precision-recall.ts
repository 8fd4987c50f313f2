import { type ClassScores, checkClassScores, oneAgainstRest } from './class-scores.ts';
import { thresholdCounts } from './threshold-counts.ts';

/** Precision over recall, from recall 0 to 1. */
export interface PrecisionRecallCurve {
  /** True positives / positives. */
  recall: number[];
  /** True positives / all called positive; 1 for the first point, where none is. */
  precision: number[];
  /** Scores from which on an example is called positive; null for the first point. */
  thresholds: (number | null)[];
  /** `Σ (R_n − R_{n−1}) P_n`, in (0, 1]: precision averaged over recall, without interpolation. */
  averagePrecision: number;
}

/**
 * Precision-recall curve and average precision. Examples of equal scores make one step; of points with one recall the
 * first and the last are kept.
 *
 * @param positive Whether each example is positive.
 * @param scores Larger where an example is likelier positive.
 * @returns null where there is no positive: recall is 0/0.
 * @throws RangeError if the lengths differ or a score is not finite.
 * @see Davis and Goadrich 2006, https://doi.org/10.1145/1143844.1143874; agrees with sklearn.metrics.precision_recall_curve
 * and average_precision_score.
 */
export function precisionRecallCurve(
  positive: ArrayLike<boolean>,
  scores: ArrayLike<number>,
): PrecisionRecallCurve | null {
  const counts = thresholdCounts('precisionRecallCurve', positive, scores);
  const { positives, truePositives, falsePositives } = counts;
  if (positives === 0) return null;
  const precisionAt = (i: number) => (truePositives[i] ?? 0) / ((truePositives[i] ?? 0) + (falsePositives[i] ?? 0));
  let averagePrecision = 0;
  for (let i = 0; i < truePositives.length; i++) {
    averagePrecision += (((truePositives[i] ?? 0) - (truePositives[i - 1] ?? 0)) / positives) * precisionAt(i);
  }
  const last = truePositives.length - 1;
  const kept = [...truePositives.entries()].flatMap(([i, hits]) =>
    i === 0 || i === last || truePositives[i - 1] !== hits || truePositives[i + 1] !== hits ? [i] : [],
  );
  return {
    recall: [0, ...kept.map((i) => (truePositives[i] ?? 0) / positives)],
    precision: [1, ...kept.map(precisionAt)],
    thresholds: [null, ...kept.map((i) => counts.thresholds[i] ?? null)],
    averagePrecision,
  };
}

/** Precision-recall of every class against the rest. */
export interface PrecisionRecallReport {
  /** In the order of the classes; null for those that no example is of. */
  classes: (PrecisionRecallCurve | null)[];
  /** Unweighted mean of the average precisions there are; null if there are none. */
  macroAveragePrecision: number | null;
  /** Classes that no example is of, which the mean therefore leaves out. */
  absent: number[];
}

/**
 * Precision-recall curve of every class against the rest, and the mean average precision.
 *
 * A class of which there is no example has none: it is null, listed under `absent`, and left out of the mean
 * (scikit-learn answers 0 and warns).
 * @throws RangeError unless the probabilities are those of a classifier, as {@link ClassScores} says.
 */
export function precisionRecallReport(scores: ClassScores): PrecisionRecallReport {
  checkClassScores('precisionRecallReport', scores);
  const classes = Array.from({ length: scores.classes }, (_, of) => {
    const { positive, scores: values } = oneAgainstRest(scores, of);
    return precisionRecallCurve(positive, values);
  });
  const means = classes.flatMap((curve) => curve?.averagePrecision ?? []);
  return {
    classes,
    macroAveragePrecision: means.length === 0 ? null : means.reduce((sum, mean) => sum + mean, 0) / means.length,
    absent: classes.flatMap((curve, of) => (curve === null ? [of] : [])),
  };
}
