import { type ClassScores, checkClassScores, topClass } from './class-scores.ts';

/** An example taken for what it is not. */
export interface WrongPrediction {
  /** Its place among the examples. */
  index: number;
  /** Its class. */
  label: number;
  /** The class it was taken for. */
  prediction: number;
  /** Probability given to the wrong class. */
  confidence: number;
  /** Probability given to its own class. */
  labelProbability: number;
}

/**
 * The misclassified examples of which the classifier was surest, the surest first, of equals the first: often a wrong
 * label, or what no one could tell.
 *
 * @param count How many at most. Default 16.
 * @throws RangeError unless the probabilities are those of a classifier, as {@link ClassScores} says.
 */
export function mostWrong(scores: ClassScores, count = 16): WrongPrediction[] {
  checkClassScores('mostWrong', scores);
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`mostWrong: count must be a whole number from 0; received ${count}.`);
  }
  const { labels, probabilities, classes } = scores;
  return Array.from(labels, (label, index): WrongPrediction => {
    const { top, confidence } = topClass(scores, index);
    const labelProbability = probabilities[index * classes + label] ?? Number.NaN;
    return { index, label, prediction: top, confidence, labelProbability };
  })
    .filter(({ label, prediction }) => label !== prediction)
    .sort((a, b) => b.confidence - a.confidence || a.index - b.index)
    .slice(0, count);
}
