/** How well one class is told from the others. A quotient 0/0 has no value and is null, not 0 or 1. */
export interface ClassScore {
  /** Of the examples taken for this class, the share that is of it; null if none was. */
  precision: number | null;
  /** Of the examples of this class, the share that was taken for it; null if there are none. */
  recall: number | null;
  /** 2·TP / (2·TP + FP + FN), the harmonic mean of the two; null if the class neither occurs nor was predicted. */
  f1: number | null;
  /** Number of examples of this class. */
  support: number;
}

/** Scores of a classifier. */
export interface ClassReport {
  /** Share of all examples that were classified rightly; null if there are none. */
  accuracy: number | null;
  /** Number of examples. */
  total: number;
  classes: ClassScore[];
}

/**
 * Precision, recall and F1 of each class, and the accuracy.
 *
 * @param matrix Square; rows are true classes, columns predicted ones, as of `confusionMatrix`.
 * @throws RangeError if the matrix is not square.
 */
export function classReport(matrix: readonly (readonly number[])[]): ClassReport {
  const ragged = matrix.findIndex((row) => row.length !== matrix.length);
  if (ragged !== -1) {
    throw new RangeError(
      `classReport: the matrix must have as many columns as rows (=${matrix.length}); received ${matrix[ragged]?.length} in row ${ragged}.`,
    );
  }
  const classes = matrix.map((row, index): ClassScore => {
    const support = sum(row);
    const hits = row[index] ?? 0;
    const predicted = sum(matrix.map((other) => other[index] ?? 0));
    return {
      precision: ratio(hits, predicted),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, predicted + support),
      support,
    };
  });
  const total = sum(classes.map(({ support }) => support));
  const right = sum(matrix.map((row, index) => row[index] ?? 0));
  return { accuracy: ratio(right, total), total, classes };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
