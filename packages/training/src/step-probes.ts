import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  isProbed,
  type Probe,
  type ProbedLayer,
  type ProbeReading,
  probeActivations,
  type StepWatch,
  WeightWatch,
} from './probe.ts';
import type { Replica } from './replica.ts';
import type { StepPart } from './step-parts.ts';

/** Calls the probes of a run on the steps that they look at. */
export class StepProbes {
  readonly #model: LayersModel;
  readonly #probes: readonly Probe[];
  readonly #speaks: boolean;
  #weights: WeightWatch | undefined;
  #layers: ProbedLayer[] | undefined;

  constructor(model: LayersModel, probes: readonly Probe[], replica: Pick<Replica, 'index'>) {
    this.#model = model;
    this.#probes = probes;
    this.#speaks = replica.index === 0;
  }

  /** What is to see the weights in this step; undefined where no probe does. */
  watch(step: number): StepWatch | undefined {
    const wanted = this.#speaks && this.#of(step).some(({ onWeights }) => onWeights !== undefined);
    this.#weights = wanted ? new WeightWatch(this.#model) : undefined;
    return this.#weights;
  }

  /** Before the step, in every replica. */
  async seeActivations(
    step: number,
    [part]: readonly StepPart[],
    place: { shape: readonly number[]; seed: number; step: number },
  ): Promise<void> {
    this.#layers = undefined;
    if (part === undefined || !this.#of(step).some(({ onActivations }) => onActivations !== undefined)) return;
    const layers = await probeActivations(this.#model, part, place);
    if (this.#speaks) this.#layers = layers;
  }

  /** What the probes say of the step, which is done. */
  readings(step: number): ProbeReading[] {
    return this.#of(step).flatMap(({ name, onWeights, onActivations }): ProbeReading[] => {
      const values = [
        ...(onWeights !== undefined && this.#weights !== undefined ? [onWeights(this.#weights.weights, step)] : []),
        ...(onActivations !== undefined && this.#layers !== undefined ? [onActivations(this.#layers, step)] : []),
      ];
      return values.map((value) => ({ name, step, value }));
    });
  }

  #of(step: number): Probe[] {
    return this.#probes.filter((probe) => isProbed(probe, step));
  }
}
