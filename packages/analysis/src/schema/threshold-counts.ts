/** What would be called positive at each threshold: an example is, when its score is at least the threshold. */
export interface ThresholdCounts {
  /** Distinct scores, from the largest: examples of equal scores change sides together. */
  thresholds: number[];
  /** Of those called positive, how many are. */
  truePositives: number[];
  /** Of those called positive, how many are not. */
  falsePositives: number[];
  positives: number;
  negatives: number;
}

/** @throws RangeError if the lengths differ or a score is not finite. */
export function thresholdCounts(who: string, positive: ArrayLike<boolean>, scores: ArrayLike<number>): ThresholdCounts {
  if (positive.length !== scores.length) {
    throw new RangeError(
      `${who}: there must be one score for each example; received ${positive.length} examples and ${scores.length} scores.`,
    );
  }
  const values = Float64Array.from(scores);
  const stray = values.findIndex((score) => !Number.isFinite(score));
  if (stray !== -1) {
    throw new RangeError(`${who}: each score must be finite; received ${values[stray]} at index ${stray}.`);
  }
  const order = Uint32Array.from(values, (_, index) => index).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
  const counts: ThresholdCounts = { thresholds: [], truePositives: [], falsePositives: [], positives: 0, negatives: 0 };
  for (const [rank, example] of order.entries()) {
    if (positive[example] === true) counts.positives++;
    else counts.negatives++;
    const score = values[example] ?? Number.NaN;
    const next = order[rank + 1];
    if (next !== undefined && values[next] === score) continue;
    counts.thresholds.push(score);
    counts.truePositives.push(counts.positives);
    counts.falsePositives.push(counts.negatives);
  }
  return counts;
}
