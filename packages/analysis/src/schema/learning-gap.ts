import { doctor, type Finding } from './doctor.ts';

/** Scores after an epoch, in inference mode. */
export interface EpochScores {
  /** From 1. */
  epoch: number;
  train: { loss: number; accuracy: number };
  /** Where examples were held out. */
  validation?: { loss: number; accuracy: number };
}

/** How far a network is better on what it was trained on than on what was held out. */
export interface LearningGap {
  /** One for each epoch with scores of both; none where nothing was held out. */
  epochs: {
    epoch: number;
    /** Validation loss minus training loss. */
    loss: number;
    /** Training accuracy minus validation accuracy, in [−1, 1]. */
    accuracy: number;
  }[];
  /** Since which epoch, and by which threshold, it overfits, as `doctor` finds it; null: it does not, as far as is known. */
  overfitting: Finding | null;
}

/** Gap between training and validation scores after each epoch, and where overfitting starts. */
export function learningGap(scores: readonly EpochScores[]): LearningGap {
  const both = scores.flatMap(({ epoch, train, validation }) =>
    validation === undefined ? [] : [{ epoch, train, validation }],
  );
  const losses = both.map(({ epoch, train, validation }) => {
    return { epoch, trainLoss: train.loss, validationLoss: validation.loss };
  });
  return {
    epochs: both.map(({ epoch, train, validation }) => ({
      epoch,
      loss: validation.loss - train.loss,
      accuracy: train.accuracy - validation.accuracy,
    })),
    overfitting: doctor({ epochs: losses })[0] ?? null,
  };
}
