import { type ClassScores, checkClassScores, oneAgainstRest } from './class-scores.ts';
import { thresholdCounts } from './threshold-counts.ts';

/** A receiver operating characteristic, point by point from (0, 0) to (1, 1). */
export interface RocCurve {
  /** False positives / negatives. */
  falsePositiveRate: number[];
  /** True positives / positives. */
  truePositiveRate: number[];
  /** Scores from which on an example is called positive; null for the first point, where none is. */
  thresholds: (number | null)[];
  /** Area under the curve, in [0, 1]: the chance that a positive outscores a negative, half of equals counted. */
  auc: number;
}

/**
 * ROC curve and the area under it, by trapezoids. Examples of equal scores make one step, so ties count half; points
 * after the first threshold on a straight line between their neighbours are left out.
 *
 * @param positive Whether each example is positive.
 * @param scores Larger where an example is likelier positive.
 * @returns null where there is no positive or no negative: one of the rates is 0/0.
 * @throws RangeError if the lengths differ or a score is not finite.
 * @see Fawcett 2006, "An introduction to ROC analysis"; agrees with sklearn.metrics.roc_curve and roc_auc_score.
 */
export function rocCurve(positive: ArrayLike<boolean>, scores: ArrayLike<number>): RocCurve | null {
  const counts = thresholdCounts('rocCurve', positive, scores);
  const { positives, negatives } = counts;
  if (positives === 0 || negatives === 0) return null;
  const hits = [0, ...counts.truePositives];
  const alarms = [0, ...counts.falsePositives];
  const thresholds = [null, ...counts.thresholds];
  let area = 0;
  for (let i = 1; i < hits.length; i++) {
    area += (((alarms[i] ?? 0) - (alarms[i - 1] ?? 0)) * ((hits[i] ?? 0) + (hits[i - 1] ?? 0))) / 2;
  }
  const last = hits.length - 1;
  const corners = [...hits.keys()].filter((i) => i <= 1 || i === last || bends(hits, i) || bends(alarms, i));
  return {
    falsePositiveRate: corners.map((i) => (alarms[i] ?? 0) / negatives),
    truePositiveRate: corners.map((i) => (hits[i] ?? 0) / positives),
    thresholds: corners.map((i) => thresholds[i] ?? null),
    auc: area / positives / negatives,
  };
}

/** ROC of every class against the rest. */
export interface RocReport {
  /** In the order of the classes; null for those that no example, or every example, is of. */
  classes: (RocCurve | null)[];
  /** Unweighted mean of the areas there are; null if there are none. */
  macroAuc: number | null;
  /** Classes without a curve, which the mean therefore leaves out. */
  absent: number[];
}

/**
 * ROC of every class against the rest, and the mean area ("macro, one versus rest").
 *
 * A class of which there is no example has no area: it is null, listed under `absent`, and left out of the mean
 * (scikit-learn refuses such labels, or answers NaN).
 * @throws RangeError unless the probabilities are those of a classifier, as {@link ClassScores} says.
 */
export function rocReport(scores: ClassScores): RocReport {
  checkClassScores('rocReport', scores);
  const classes = Array.from({ length: scores.classes }, (_, of) => {
    const { positive, scores: values } = oneAgainstRest(scores, of);
    return rocCurve(positive, values);
  });
  const areas = classes.flatMap((curve) => curve?.auc ?? []);
  return {
    classes,
    macroAuc: areas.length === 0 ? null : areas.reduce((sum, area) => sum + area, 0) / areas.length,
    absent: classes.flatMap((curve, of) => (curve === null ? [of] : [])),
  };
}

/** Whether the count grows differently after `i` than before it. */
function bends(counts: readonly number[], i: number): boolean {
  return (counts[i + 1] ?? 0) - (counts[i] ?? 0) !== (counts[i] ?? 0) - (counts[i - 1] ?? 0);
}
