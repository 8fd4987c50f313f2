import type { CheckpointOptions } from './checkpoints.ts';
import type { Examples } from './examples.ts';
import type { Probe } from './probe.ts';
import type { Replica } from './replica.ts';
import type { SpentBudget } from './schema/budget.ts';
import type { EarlyStoppingOutcome, Score, TrainingEvent } from './schema/events.ts';
import type { TrainingRecipe } from './schema/recipe.ts';
import type { Snapshot } from './schema/snapshot.ts';

export interface FitOptions {
  train: Examples;
  /** Measured after each epoch; never learned from. */
  validation?: Examples;
  recipe: TrainingRecipe;
  /** A safe integer ≥ 0: decides the order of the data, the dropout masks and the part for train accuracy. */
  seed: number;
  onEvent(event: TrainingEvent): void;
  /** Stops the run after the step it is in. */
  signal?: AbortSignal;
  /** Which of several replicas this model is: each calls `fit` with the same options. Default: it is alone. */
  replica?: Replica;
  /** Every how many steps a `step` event is sent. Default: never. */
  stepEvents?: number;
  /** Look at some steps; the same in each replica, of which the first calls them. */
  probes?: readonly Probe[];
  /** When snapshots are taken. One is taken too where the signal ends the run. Default: never. */
  checkpoints?: CheckpointOptions;
  /** A snapshot of this run, from which it goes on: the model needs nothing but the same layers. With replicas, all get it. */
  resume?: Snapshot;
}

/** Where a run ended. */
export interface FitResult {
  /** Whole epochs. */
  epochs: number;
  steps: number;
  /** After the last epoch, whole or cut short by the budget; where early stopping put the weights of another epoch back, after that one. */
  train?: Score;
  validation?: Score;
  /**
   * What ended the run before its last step. `requested`, by the signal: then the weights are those of its last step, not
   * averaged; else the recipe's budget, and the run was measured there.
   */
  stopped?: 'requested' | SpentBudget;
  /** Set where the recipe has early stopping, unless the signal ended the run. */
  earlyStopping?: EarlyStoppingOutcome;
}
