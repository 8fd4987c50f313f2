import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { adamStep, momentumStep, rmspropStep, sgdStep } from '@ablate/tensor-backends';
import type { OptimizerSettings } from './schema/optimizer.ts';
import { TrainingError } from './training-error.ts';
import { uniquePaths, variableOf } from './weight-paths.ts';

/** A tensor that an optimizer keeps for a weight. */
export interface OptimizerSlot {
  /** `<weight path>:<what>`, for instance `dense/kernel:velocity`; equal in every process that builds the same model. */
  name: string;
  variable: tf.Variable;
}

/** What continues an optimizer: plain numbers that structured clone and files can carry. */
export interface OptimizerState {
  steps: number;
  /** Values by the slots' names. */
  slots: Record<string, Float32Array>;
}

/**
 * Changes a model's weights by their gradients, all in one dispatched step, in place, and owns what it remembers of them:
 * the velocity of `momentum`, the two moments of `adam` and `adamw`, the mean square of `rmsprop`; all zero at first.
 * Weights with a constraint are projected onto it after each step.
 */
export class Optimizer {
  readonly settings: OptimizerSettings;
  readonly #paths: readonly string[];
  readonly #variables: readonly tf.Variable[];
  readonly #constraints: readonly (LayerVariable['constraint'] | null)[];
  /** By slot name, a tensor for each weight. */
  readonly #slots: ReadonlyMap<string, readonly tf.Variable[]>;
  readonly #weightDecay: readonly number[] | undefined;
  #steps = 0;

  /** @throws TrainingError if there is nothing to train. */
  constructor(settings: OptimizerSettings, weights: readonly LayerVariable[]) {
    if (weights.length === 0) throw new TrainingError('optimizer: needs trainable weights; the model has none.');
    this.settings = settings;
    this.#paths = uniquePaths(weights);
    this.#variables = weights.map(variableOf);
    this.#constraints = weights.map(({ constraint }) => constraint);
    for (const variable of this.#variables) ownStorage(variable);
    const zeros = () => this.#variables.map(({ shape }) => tf.tidy(() => tf.variable(tf.zeros(shape), false)));
    this.#slots = new Map(slotNames(settings).map((name) => [name, zeros()]));
    this.#weightDecay =
      settings.weightDecay === 0
        ? undefined
        : this.#paths.map((path) => (isExcluded(path, settings.excludeFromWeightDecay) ? 0 : settings.weightDecay));
  }

  /** Steps taken. */
  get steps(): number {
    return this.#steps;
  }

  /** The variables that are trained, in the model's order. */
  get variables(): tf.Variable[] {
    return [...this.#variables];
  }

  /** What it keeps, in the order of the weights. */
  get slots(): OptimizerSlot[] {
    return this.#paths.flatMap((path, i) =>
      [...this.#slots].map(([name, variables]) => ({
        name: `${path}:${name}`,
        variable: variables[i] as tf.Variable,
      })),
    );
  }

  /**
   * One step.
   * @param gradients By the variables' names, as tf.variableGrads gives them; they stay the caller's.
   * @throws TrainingError if a weight has no gradient; then nothing was changed.
   */
  step(gradients: tf.NamedTensorMap, learningRate = this.settings.learningRate): void {
    const ordered = this.#variables.map(({ name }, i) => {
      const gradient = gradients[name];
      if (gradient) return gradient;
      throw new TrainingError(
        `optimizer: every trainable weight must influence the loss; "${this.#paths[i]}" has no gradient. Connect its layer, or set its \`trainable\` to false.`,
      );
    });
    this.#steps++;
    this.#update(ordered, learningRate);
    for (const [i, constraint] of this.#constraints.entries()) {
      if (constraint !== null && constraint !== undefined) project(this.#variables[i] as tf.Variable, constraint);
    }
  }

  /** A copy of its steps and slots, from which {@link restore} goes on to the bit. */
  async state(): Promise<OptimizerState> {
    const slots: Record<string, Float32Array> = {};
    for (const { name, variable } of this.slots) slots[name] = Float32Array.from(await variable.data());
    return { steps: this.#steps, slots };
  }

  /** @throws TrainingError unless the state is of the same optimizer on the same weights; then nothing was changed. */
  restore({ steps, slots }: OptimizerState): void {
    const mine = this.slots;
    const [expected, received] = [mine.map(({ name }) => name), Object.keys(slots)];
    const odd = expected.find((name) => !(name in slots)) ?? received.find((name) => !expected.includes(name));
    if (odd !== undefined) {
      throw new TrainingError(
        `optimizer: a state must have the slots of ${this.settings.name} on these weights; ${odd in slots ? 'unknown' : 'missing'} "${odd}". Use a checkpoint of the same model and optimizer.`,
      );
    }
    for (const { name, variable } of mine) {
      const { length } = slots[name] as Float32Array;
      if (length === variable.size) continue;
      throw new TrainingError(
        `optimizer: slot "${name}" must have ${variable.size} values; received ${length}. Use a checkpoint of the same model.`,
      );
    }
    if (!Number.isSafeInteger(steps) || steps < 0) {
      throw new TrainingError(`optimizer: steps must be a whole number from 0; received ${steps}.`);
    }
    this.#steps = steps;
    for (const { name, variable } of mine) {
      tf.tidy(() => variable.assign(tf.tensor((slots[name] as Float32Array).slice(), variable.shape, 'float32')));
    }
  }

  /** Frees what it keeps; the weights stay the model's. */
  dispose(): void {
    for (const variables of this.#slots.values()) tf.dispose([...variables]);
  }

  #update(gradients: readonly tf.Tensor[], learningRate: number): void {
    const { settings } = this;
    const weights = this.#variables;
    const shared = { learningRate, ...(this.#weightDecay && { weightDecay: this.#weightDecay }) };
    const slot = (name: string) => this.#slots.get(name) as readonly tf.Variable[];
    switch (settings.name) {
      case 'sgd':
        return sgdStep(weights, gradients, shared);
      case 'momentum': {
        const { momentum, nesterov } = settings;
        return momentumStep(weights, gradients, slot('velocity'), { ...shared, momentum, nesterov });
      }
      case 'adam':
      case 'adamw': {
        const { beta1, beta2, epsilon } = settings;
        const moments = { first: slot('first'), second: slot('second') };
        const decoupled = settings.name === 'adamw';
        return adamStep(weights, gradients, moments, {
          ...shared,
          beta1,
          beta2,
          epsilon,
          step: this.#steps,
          decoupled,
        });
      }
      case 'rmsprop': {
        const { rho, momentum, epsilon } = settings;
        const velocity = this.#slots.get('velocity');
        const slots = { square: slot('square'), ...(velocity && { velocity }) };
        return rmspropStep(weights, gradients, slots, { ...shared, rho, momentum, epsilon });
      }
    }
  }
}

function slotNames(settings: OptimizerSettings): string[] {
  switch (settings.name) {
    case 'sgd':
      return [];
    case 'momentum':
      return ['velocity'];
    case 'adam':
    case 'adamw':
      return ['first', 'second'];
    case 'rmsprop':
      return settings.momentum > 0 ? ['square', 'velocity'] : ['square'];
  }
}

/** Whether the weight of this path is of a kind that is not decayed. */
function isExcluded(path: string, excluded: OptimizerSettings['excludeFromWeightDecay']): boolean {
  const [name = ''] = path.split('/').slice(-1);
  const kinds = { bias: /^(.*_)?bias(#\d+)?$/, normalization: /^(gamma|beta)(#\d+)?$/ };
  return excluded.some((kind) => kinds[kind].test(name));
}

/**
 * A step writes in place, and tfjs shares storage between tensors that were assigned to each other (`setWeights` with
 * another model's `getWeights`): without a copy of its own, training this model would train that one too.
 */
function ownStorage(variable: tf.Variable): void {
  tf.tidy(() => variable.assign(tf.mul(variable, 1)));
}

function project(variable: tf.Variable, constraint: LayerVariable['constraint']): void {
  tf.tidy(() => variable.assign(constraint.apply(variable)));
}
