import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkCheckpointOptions } from './checkpoints.ts';
import { checkModel, checkReplicable } from './check-model.ts';
import { checkMonitors } from './epoch-reactions.ts';
import type { Examples } from './examples.ts';
import type { FitOptions } from './fit-options.ts';
import { checkMixing } from './mixing.ts';
import type { TrainingRecipe } from './schema/recipe.ts';
import { TrainingError } from './training-error.ts';

/** @throws TrainingError saying which of model, examples, recipe and options don't fit. */
export function checkFit(
  model: LayersModel,
  { train, validation, recipe, stepEvents, checkpoints, probes = [], replica }: FitOptions,
): void {
  if (replica !== undefined && replica.count > 1) checkReplicable(model);
  checkModel(model, train, 'train');
  if (validation) checkModel(model, validation, 'validation');
  checkMixing(recipe, train.shape);
  checkMonitors(recipe, validation !== undefined);
  if (recipe.batchSize > train.count) {
    throw new TrainingError(
      `fit: batchSize (=${recipe.batchSize}) must be at most the number of training examples (=${train.count}). Use a smaller batch.`,
    );
  }
  if (recipe.accumulate > recipe.batchSize) {
    throw new TrainingError(
      `fit: accumulate (=${recipe.accumulate}) must be at most batchSize (=${recipe.batchSize}), which it divides into micro-batches. Use fewer.`,
    );
  }
  const { warmupSteps } = recipe.schedule;
  if (warmupSteps >= totalSteps(train, recipe)) {
    throw new TrainingError(
      `fit: warmupSteps (=${warmupSteps}) must be less than the steps of the run (=${totalSteps(train, recipe)}). Use fewer, or more epochs.`,
    );
  }
  if (stepEvents !== undefined && !(Number.isInteger(stepEvents) && stepEvents >= 1)) {
    throw new TrainingError(`fit: stepEvents must be a whole number from 1; received ${stepEvents}.`);
  }
  for (const [i, { name, every }] of probes.entries()) {
    if (!(Number.isInteger(every) && every >= 1)) {
      throw new TrainingError(`fit: every of the probe "${name}" must be a whole number from 1; received ${every}.`);
    }
    if (probes.findIndex((probe) => probe.name === name) !== i) {
      throw new TrainingError(`fit: probes must have names of their own; received two called "${name}".`);
    }
  }
  if (checkpoints !== undefined) checkCheckpointOptions(checkpoints);
}

/** Of a run that neither a signal, nor early stopping, nor time ends. */
export function totalSteps(train: Examples, recipe: TrainingRecipe): number {
  return Math.min(recipe.epochs * stepsPerEpoch(train, recipe), recipe.maxSteps ?? Number.POSITIVE_INFINITY);
}

export function stepsPerEpoch({ count }: Examples, { batchSize }: TrainingRecipe): number {
  return Math.ceil(count / batchSize);
}
