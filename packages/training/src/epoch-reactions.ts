import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { type EarlyStopping, earlyStoppingAfter, earlyStoppingStart } from './schema/early-stopping.ts';
import type { EarlyStoppingOutcome } from './schema/events.ts';
import { type EpochScores, type Monitor, monitored } from './schema/monitor.ts';
import { plateauAfter, plateauStart } from './schema/plateau.ts';
import type { TrainingRecipe } from './schema/recipe.ts';
import { TrainingError } from './training-error.ts';
import type { Snapshot } from './schema/snapshot.ts';
import { variableOf } from './weight-paths.ts';
import { checkWeights, readWeights, tensorsOf } from './weight-values.ts';

/**
 * What a run does about the scores of its epochs: a plateau's schedule lowers the learning rate, early stopping ends the
 * run and puts the weights of the best epoch back. Replicas see the same scores, so that all of them do the same.
 */
export class EpochReactions {
  readonly #recipe: TrainingRecipe;
  readonly #weights: readonly LayerVariable[];
  #plateau = plateauStart;
  #stopping = earlyStoppingStart;
  #best: { scores: EpochScores; weights: tf.Tensor[] } | undefined;

  /** @param weights All of the model's: moving statistics are put back too. */
  constructor(recipe: TrainingRecipe, weights: readonly LayerVariable[]) {
    this.#recipe = recipe;
    this.#weights = weights;
  }

  /** Whether early stopping has ended the run. */
  get isEnd(): boolean {
    const { earlyStopping } = this.#recipe;
    return earlyStopping !== undefined && this.#stopping.wait >= earlyStopping.patience;
  }

  /** The learning rate as a share of what the schedule's formula gives: 1 unless the schedule is a plateau's. */
  get rateFactor(): number {
    return this.#plateau.factor;
  }

  /** Call it after each epoch, while the model has the weights that were measured. */
  after(epoch: number, scores: EpochScores): void {
    const { schedule, optimizer, earlyStopping } = this.#recipe;
    if (schedule.name === 'plateau') {
      const value = valueOf('schedule', schedule.monitor, scores);
      this.#plateau = plateauAfter(schedule, this.#plateau, value, optimizer.learningRate);
    }
    if (earlyStopping === undefined) return;
    const value = valueOf('earlyStopping', earlyStopping.monitor, scores);
    const { state, isBest } = earlyStoppingAfter(earlyStopping, this.#stopping, epoch, value);
    this.#stopping = state;
    if (isBest && earlyStopping.restoreBest) this.#keep(scores);
  }

  /** Puts the best weights back where the recipe wants it, and says what early stopping came to; undefined without it. */
  finish(): { outcome: EarlyStoppingOutcome; scores?: EpochScores } | undefined {
    const { best } = this.#stopping;
    if (best === null) return undefined;
    const outcome = { epoch: best.epoch, best: best.value, restored: this.#best !== undefined };
    if (this.#best === undefined) return { outcome };
    for (const [i, weight] of this.#weights.entries()) variableOf(weight).assign(this.#best.weights[i] as tf.Tensor);
    return { outcome, scores: this.#best.scores };
  }

  /** A copy, from which {@link restore} goes on to the bit. */
  async state(): Promise<Snapshot['reactions']> {
    const best = this.#best && {
      scores: this.#best.scores,
      weights: await readWeights(this.#weights, this.#best.weights),
    };
    return { plateau: { ...this.#plateau }, earlyStopping: { ...this.#stopping }, ...(best && { best }) };
  }

  /** @throws TrainingError unless the state is of the same recipe and weights; then nothing was changed. */
  restore({ plateau, earlyStopping, best }: Snapshot['reactions']): void {
    if (best !== undefined) checkWeights(this.#weights, best.weights);
    const isKept = this.#recipe.earlyStopping?.restoreBest === true && earlyStopping.best !== null;
    if (isKept !== (best !== undefined)) {
      throw new TrainingError(
        `snapshot: must have the best weights exactly where early stopping keeps them; they ${isKept ? 'are missing' : 'are there'}. Use a snapshot of the same run.`,
      );
    }
    this.#plateau = plateau;
    this.#stopping = earlyStopping;
    this.dispose();
    this.#best = best && { scores: best.scores, weights: tensorsOf(this.#weights, best.weights) };
  }

  dispose(): void {
    tf.dispose(this.#best?.weights ?? []);
  }

  /** Copies: a step of the optimizer writes in place. */
  #keep(scores: EpochScores): void {
    this.dispose();
    this.#best = { scores, weights: this.#weights.map((weight) => tf.mul(variableOf(weight), 1)) };
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
