import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { adamStep, momentumStep, sgdStep } from '@ablate/tensor-backends';
import type { OptimizerSettings } from './schema/recipe.ts';
import { TrainingError } from './training-error.ts';

/** A tensor that an optimizer keeps for a weight. */
export interface OptimizerSlot {
  /** `<weight path>:<what>`, for instance `dense/kernel:velocity`; equal in every process that builds the same model. */
  name: string;
  variable: tf.Variable;
}

/** A weight under training: its path, its variable, and what the optimizer keeps for it. */
interface TrainedWeight {
  path: string;
  variable: tf.Variable;
  constraint: LayerVariable['constraint'] | null;
  slots: tf.Variable[];
}

const slotNames = { sgd: [], momentum: ['velocity'], adam: ['first', 'second'] } as const;

/**
 * Changes a model's weights by their gradients, in place, and owns what it remembers of them: the velocity of `momentum`,
 * the two moments of `adam`, all zero at first. Weights with a constraint are projected onto it after each step.
 */
export class Optimizer {
  readonly settings: OptimizerSettings;
  readonly #weights: readonly TrainedWeight[];
  #steps = 0;

  /** @throws TrainingError if there is nothing to train. */
  constructor(settings: OptimizerSettings, weights: readonly LayerVariable[]) {
    if (weights.length === 0) throw new TrainingError('optimizer: needs trainable weights; the model has none.');
    this.settings = settings;
    const paths = uniquePaths(weights);
    this.#weights = weights.map((weight, i) => {
      const variable = variableOf(weight);
      ownStorage(variable);
      const slots = slotNames[settings.name].map(() => tf.tidy(() => tf.variable(tf.zeros(variable.shape), false)));
      return { path: paths[i] as string, variable, constraint: weight.constraint, slots };
    });
  }

  /** Steps taken. */
  get steps(): number {
    return this.#steps;
  }

  /** The variables that are trained, in the model's order. */
  get variables(): tf.Variable[] {
    return this.#weights.map(({ variable }) => variable);
  }

  /** What it keeps, in the order of the weights. */
  get slots(): OptimizerSlot[] {
    const names = slotNames[this.settings.name];
    return this.#weights.flatMap(({ path, slots }) =>
      slots.map((variable, i) => ({ name: `${path}:${names[i]}`, variable })),
    );
  }

  /**
   * One step.
   * @param gradients By the variables' names, as tf.variableGrads gives them; they stay the caller's.
   * @throws TrainingError if a weight has no gradient; then nothing was changed.
   */
  step(gradients: tf.NamedTensorMap, learningRate = this.settings.learningRate): void {
    for (const { path, variable } of this.#weights) {
      if (gradients[variable.name]) continue;
      throw new TrainingError(
        `optimizer: every trainable weight must influence the loss; "${path}" has no gradient. Connect its layer, or set its \`trainable\` to false.`,
      );
    }
    this.#steps++;
    for (const weight of this.#weights) {
      this.#update(weight, gradients[weight.variable.name] as tf.Tensor, learningRate);
      if (weight.constraint !== null) project(weight.variable, weight.constraint);
    }
  }

  /** Frees what it keeps; the weights stay the model's. */
  dispose(): void {
    for (const { slots } of this.#weights) tf.dispose(slots);
  }

  #update({ variable, slots }: TrainedWeight, gradient: tf.Tensor, learningRate: number): void {
    const { settings } = this;
    const [first, second] = slots as [tf.Variable, tf.Variable];
    switch (settings.name) {
      case 'sgd':
        return sgdStep(variable, gradient, { learningRate });
      case 'momentum':
        return momentumStep(variable, gradient, first, { ...settings, learningRate });
      case 'adam':
        return adamStep(variable, gradient, { first, second }, { ...settings, learningRate, step: this.#steps });
    }
  }
}

/** tf.layers' variable around the tensor that ops see. */
function variableOf(weight: LayerVariable): tf.Variable {
  const value = weight.read();
  if (value instanceof tf.Variable) return value;
  throw new TrainingError(`optimizer: internal: weight "${weight.originalName}" is not backed by a tf.Variable.`);
}

/**
 * A step writes in place, and tfjs shares storage between tensors that were assigned to each other (`setWeights` with
 * another model's `getWeights`): without a copy of its own, training this model would train that one too.
 */
function ownStorage(variable: tf.Variable): void {
  tf.tidy(() => variable.assign(tf.mul(variable, 1)));
}

function project(variable: tf.Variable, constraint: NonNullable<TrainedWeight['constraint']>): void {
  tf.tidy(() => variable.assign(constraint.apply(variable)));
}

/** Paths are unique in models of ours; in nested models of others, the second of a name is `name#2`. */
function uniquePaths(weights: readonly LayerVariable[]): string[] {
  const seen = new Map<string, number>();
  return weights.map(({ originalName }) => {
    const times = (seen.get(originalName) ?? 0) + 1;
    seen.set(originalName, times);
    return times === 1 ? originalName : `${originalName}#${times}`;
  });
}
