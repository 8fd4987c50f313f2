/** What a classifier says of examples whose classes are known. */
export interface ClassScores {
  /** True class of each example, from 0. */
  labels: ArrayLike<number>;
  /** Probability of each class for each example, flat [examples, classes], as `evaluate` of `@ablate/training` gives it. */
  probabilities: ArrayLike<number>;
  /** Number of classes. */
  classes: number;
}

/** Float32 softmax over thousands of classes is 1 within this. */
const SUM_TOLERANCE = 1e-3;

/** @throws RangeError unless labels are classes, and each example has a probability for each class, their sum 1 ± 0.001. */
export function checkClassScores(who: string, { labels, probabilities, classes }: ClassScores): void {
  if (!Number.isInteger(classes) || classes < 1) {
    throw new RangeError(`${who}: classes must be a whole number from 1; received ${classes}.`);
  }
  if (probabilities.length !== labels.length * classes) {
    throw new RangeError(
      `${who}: there must be ${classes} probabilities for each of ${labels.length} labels (=${labels.length * classes}); received ${probabilities.length}.`,
    );
  }
  for (let example = 0; example < labels.length; example++) {
    const label = labels[example] ?? Number.NaN;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(
        `${who}: each label must be a whole number in [0, ${classes}); received ${label} at index ${example}.`,
      );
    }
    let sum = 0;
    for (let i = 0; i < classes; i++) {
      const probability = probabilities[example * classes + i] ?? Number.NaN;
      if (!(probability >= 0 && probability <= 1)) {
        throw new RangeError(
          `${who}: each probability must be in [0, 1]; received ${probability} for class ${i} of example ${example}. Logits? Take their softmax.`,
        );
      }
      sum += probability;
    }
    if (Math.abs(sum - 1) > SUM_TOLERANCE) {
      throw new RangeError(
        `${who}: the probabilities of an example must add up to 1; those of ${example} give ${sum}.`,
      );
    }
  }
}

/** The class with the largest probability, the first of equals, and that probability. */
export function topClass(
  { probabilities, classes }: ClassScores,
  example: number,
): { top: number; confidence: number } {
  let top = 0;
  let confidence = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < classes; i++) {
    const probability = probabilities[example * classes + i] ?? Number.NaN;
    if (probability > confidence) [top, confidence] = [i, probability];
  }
  return { top, confidence };
}

/** One class against the rest: which examples are of it, and the probability given to it. */
export function oneAgainstRest(
  { labels, probabilities, classes }: ClassScores,
  of: number,
): { positive: boolean[]; scores: Float64Array } {
  return {
    positive: Array.from(labels, (label) => label === of),
    scores: Float64Array.from(labels, (_, example) => probabilities[example * classes + of] ?? Number.NaN),
  };
}
