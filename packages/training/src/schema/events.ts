/*
 * What a training run says while it goes on: plain JSON, in order. Nothing here depends on the clock, except `timing`,
 * so that the same seed gives the same stream of the rest.
 */
import type { SpentBudget } from './budget.ts';

/** Mean loss and share of right answers. */
export interface Score {
  loss: number;
  /** In [0, 1]. */
  accuracy: number;
}

/** A value that JSON keeps. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** What early stopping came to. It ended the run where there were fewer epochs than the recipe has. */
export interface EarlyStoppingOutcome {
  /** The best epoch, from 1. */
  epoch: number;
  /** The monitored metric after that epoch. */
  best: number;
  /** Whether the weights, at the end, are those of that epoch. */
  restored: boolean;
}

export type TrainingEvent =
  | {
      type: 'start';
      epochs: number;
      stepsPerEpoch: number;
      examples: number;
      batchSize: number;
      /** Where the recipe has fewer steps than the epochs. */
      maxSteps?: number;
      /** Steps that were taken before, where the run goes on from a snapshot: what was said until then is not said again. */
      resumedAt?: number;
    }
  /** After a step; loss and accuracy are those of its batch, with dropout on and before its update. */
  | { type: 'step'; epoch: number; step: number; loss: number; accuracy: number; learningRate: number }
  /**
   * After an epoch (from 1), or the part of one in which a budget was spent. `running` is the mean over its batches, with dropout on, while the weights moved; `train` is
   * measured afterwards in inference mode on a fixed part of the training set, `validation` on all of the validation set.
   */
  | {
      type: 'epoch';
      epoch: number;
      step: number;
      learningRate: number;
      running: Score;
      train: Score;
      validation?: Score;
    }
  /** What a probe made of a step, counted from 1. */
  | { type: 'probe'; name: string; step: number; value: JsonValue }
  /** Wall-clock seconds of training an epoch (without evaluation), then of evaluating, and when both were done. */
  | {
      type: 'timing';
      epoch: number;
      trainSeconds: number;
      evaluateSeconds: number;
      examplesPerSecond: number;
      /** Seconds since 1970. */
      endedAt: number;
    }
  /** `stopped` where the run was asked to stop, or had spent the recipe's `maxSteps` or `maxTime`; one that early stopping ended is as finished as any other. */
  | {
      type: 'end';
      /** Whole epochs. */
      epochs: number;
      steps: number;
      stopped?: 'requested' | SpentBudget;
      earlyStopping?: EarlyStoppingOutcome;
    };
