import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { emaStep } from '@ablate/tensor-backends';
import type { OptimizerSlot } from './optimizer.ts';
import type { EmaSettings } from './schema/ema.ts';
import { TrainingError } from './training-error.ts';
import { uniquePaths, variableOf } from './weight-paths.ts';

/** The decay of update t (from 0): `decay`, or min(decay, (1 + t) / (10 + t)) with a warm-up, as TensorFlow's. */
export function emaDecay({ decay, warmup }: EmaSettings, updates: number): number {
  return warmup ? Math.min(decay, (1 + updates) / (10 + updates)) : decay;
}

/**
 * An exponential moving average of a model's weights: average = decay · average + (1 − decay) · weight after each step,
 * starting from the weights as they are. Give it all weights of the model: the moving statistics of batch normalization
 * are averaged too, as timm's ModelEma does.
 */
export class WeightAverage {
  readonly settings: EmaSettings;
  readonly #paths: readonly string[];
  readonly #weights: readonly tf.Variable[];
  readonly #averages: readonly tf.Variable[];
  #updates = 0;
  #swapped = false;

  constructor(settings: EmaSettings, weights: readonly LayerVariable[]) {
    this.settings = settings;
    this.#paths = uniquePaths(weights);
    this.#weights = weights.map(variableOf);
    this.#averages = this.#weights.map((weight) => tf.tidy(() => tf.variable(tf.mul(weight, 1), false)));
  }

  /** Updates made: with the slots, all that continues an average. */
  get updates(): number {
    return this.#updates;
  }

  /** `<weight path>:average`, in the order of the weights. */
  get slots(): OptimizerSlot[] {
    return this.#averages.map((variable, i) => ({ name: `${this.#paths[i]}:average`, variable }));
  }

  /** After each step of the optimizer. */
  update(): void {
    if (this.#swapped) throw new TrainingError('internal: the average is in the model; swap it back before a step.');
    emaStep(this.#averages, this.#weights, { decay: emaDecay(this.settings, this.#updates) });
    this.#updates++;
  }

  /** Exchanges the values of model and average, without a copy: before an evaluation, and again after it. */
  swap(): void {
    for (const [i, weight] of this.#weights.entries()) {
      const average = this.#averages[i] as tf.Variable;
      tf.tidy(() => {
        const values = tf.clone(weight);
        weight.assign(average);
        average.assign(values);
      });
    }
    this.#swapped = !this.#swapped;
  }

  /** A copy of its updates and slots, from which {@link restore} goes on to the bit. */
  async state(): Promise<{ updates: number; slots: Record<string, Float32Array> }> {
    const slots: Record<string, Float32Array> = {};
    for (const { name, variable } of this.slots) slots[name] = Float32Array.from(await variable.data());
    return { updates: this.#updates, slots };
  }

  /** @throws TrainingError unless the state is of the same weights; then nothing was changed. */
  restore({ updates, slots }: { updates: number; slots: Record<string, Float32Array> }): void {
    for (const { name, variable } of this.slots) {
      const length = slots[name]?.length;
      if (length === variable.size) continue;
      throw new TrainingError(
        `ema: a state must have ${variable.size} values of "${name}"; received ${length ?? 'none'}. Use a checkpoint of the same model.`,
      );
    }
    this.#updates = updates;
    for (const { name, variable } of this.slots) {
      tf.tidy(() => variable.assign(tf.tensor((slots[name] as Float32Array).slice(), variable.shape, 'float32')));
    }
  }

  dispose(): void {
    tf.dispose([...this.#averages]);
  }
}
