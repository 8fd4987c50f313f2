import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { type EarlyStopping, earlyStoppingAfter, earlyStoppingStart } from './schema/early-stopping.ts';
import type { EarlyStoppingOutcome } from './schema/events.ts';
import { type EpochScores, type Monitor, monitored } from './schema/monitor.ts';
import { plateauAfter, plateauStart } from './schema/plateau.ts';
import type { TrainingRecipe } from './schema/recipe.ts';
import { TrainingError } from './training-error.ts';
import { variableOf } from './weight-paths.ts';

/**
 * What a run does about the scores of its epochs: a plateau's schedule lowers the learning rate, early stopping ends the
 * run and puts the weights of the best epoch back. Replicas see the same scores, so that all of them do the same.
 */
export class EpochReactions {
  readonly #recipe: TrainingRecipe;
  readonly #weights: readonly tf.Variable[];
  #plateau = plateauStart;
  #stopping = earlyStoppingStart;
  #best: { scores: EpochScores; weights: tf.Tensor[] } | undefined;

  /** @param weights All of the model's: moving statistics are put back too. */
  constructor(recipe: TrainingRecipe, weights: readonly LayerVariable[]) {
    this.#recipe = recipe;
    this.#weights = weights.map(variableOf);
  }

  /** The learning rate as a share of what the schedule's formula gives: 1 unless the schedule is a plateau's. */
  get rateFactor(): number {
    return this.#plateau.factor;
  }

  /**
   * Call it after each epoch, while the model has the weights that were measured.
   * @returns Whether the run is to end.
   */
  after(epoch: number, scores: EpochScores): boolean {
    const { schedule, optimizer, earlyStopping } = this.#recipe;
    if (schedule.name === 'plateau') {
      const value = valueOf('schedule', schedule.monitor, scores);
      this.#plateau = plateauAfter(schedule, this.#plateau, value, optimizer.learningRate);
    }
    if (earlyStopping === undefined) return false;
    const value = valueOf('earlyStopping', earlyStopping.monitor, scores);
    const { state, isBest, stop } = earlyStoppingAfter(earlyStopping, this.#stopping, epoch, value);
    this.#stopping = state;
    if (isBest && earlyStopping.restoreBest) this.#keep(scores);
    return stop;
  }

  /** Puts the best weights back where the recipe wants it, and says what early stopping came to; undefined without it. */
  finish(): { outcome: EarlyStoppingOutcome; scores?: EpochScores } | undefined {
    const { best } = this.#stopping;
    if (best === null) return undefined;
    const outcome = { epoch: best.epoch, best: best.value, restored: this.#best !== undefined };
    if (this.#best === undefined) return { outcome };
    for (const [i, weight] of this.#weights.entries()) weight.assign(this.#best.weights[i] as tf.Tensor);
    return { outcome, scores: this.#best.scores };
  }

  dispose(): void {
    tf.dispose(this.#best?.weights ?? []);
  }

  /** Copies: a step of the optimizer writes in place. */
  #keep(scores: EpochScores): void {
    this.dispose();
    this.#best = { scores, weights: this.#weights.map((weight) => tf.mul(weight, 1)) };
  }
}

/** @throws TrainingError where the recipe watches what the run does not measure. */
export function checkMonitors({ schedule, earlyStopping }: TrainingRecipe, hasValidation: boolean): void {
  if (hasValidation) return;
  const nothing = { train: { loss: 0, accuracy: 0 } };
  if (schedule.name === 'plateau') valueOf('schedule', schedule.monitor, nothing);
  if (earlyStopping) valueOf('earlyStopping', earlyStopping.monitor, nothing);
}

function valueOf(who: 'schedule' | 'earlyStopping', monitor: EarlyStopping['monitor'], scores: EpochScores): number {
  const value = monitored(monitor, scores);
  if (value !== undefined) return value;
  const instead: Monitor = monitor === 'validationLoss' ? 'trainLoss' : 'trainAccuracy';
  throw new TrainingError(
    `fit: ${who} watches ${monitor}, which needs a validation set; received none. Split one off, or set its monitor to ${instead}.`,
  );
}
