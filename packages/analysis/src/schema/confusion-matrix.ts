/**
 * Counts of predictions: row i, column j holds how many examples of class i were taken for class j.
 *
 * @param labels True class of each example, from 0.
 * @param predictions Predicted class of each, in the same order.
 * @throws RangeError if the lengths differ or a class is not a whole number in [0, classes).
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
): number[][] {
  if (labels.length !== predictions.length) {
    throw new RangeError(
      `confusionMatrix: there must be one prediction for each label; received ${labels.length} labels and ${predictions.length} predictions.`,
    );
  }
  const matrix = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? Number.NaN;
    const prediction = predictions[i] ?? Number.NaN;
    const row = matrix[label];
    const count = row?.[prediction];
    if (row === undefined || count === undefined) {
      const [what, value] = row === undefined ? ['label', label] : ['prediction', prediction];
      throw new RangeError(
        `confusionMatrix: each ${what} must be a whole number in [0, ${classes}); received ${value} at index ${i}.`,
      );
    }
    row[prediction] = count + 1;
  }
  return matrix;
}
