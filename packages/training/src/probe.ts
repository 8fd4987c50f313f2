import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model as part } from '@tensorflow/tfjs-layers';
import { inputTensor } from './batch.ts';
import type { JsonValue } from './schema/events.ts';
import type { StepPart } from './step-parts.ts';
import { uniquePaths, variableOf } from './weight-paths.ts';

/** A weight at a step that is looked at. */
export interface ProbedWeight {
  /** Its path: `block2/conv1/kernel`. */
  path: string;
  shape: readonly number[];
  /** Of the whole batch: summed over replicas, before clipping. */
  gradient: Float32Array;
  /** Before the step. */
  value: Float32Array;
  /** What the step added. */
  update: Float32Array;
}

/** What comes out of a layer at a step that is looked at, in training mode. */
export interface ProbedLayer {
  layer: string;
  /** [examples, …, channels]; the examples are those of replica 0. */
  shape: readonly number[];
  values: Float32Array;
}

/**
 * Looks at a training without changing it: with probes a run reaches the same weights, to the bit. What its functions
 * return goes into the events, as `{ type: 'probe', name, step, value }`.
 *
 * Called in replica 0 alone. Weights are copied once before and once after the steps that are looked at; activations cost
 * one more forward pass, layer by layer, of each replica's first micro-batch.
 */
export interface Probe {
  /** Names its events; unique. */
  name: string;
  /** The first step of the run, and every step whose number is a multiple of it. */
  every: number;
  onWeights?(weights: readonly ProbedWeight[], step: number): JsonValue;
  onActivations?(layers: readonly ProbedLayer[], step: number): JsonValue;
}

/** What a probe said of a step. */
export interface ProbeReading {
  name: string;
  step: number;
  value: JsonValue;
}

/** Whether a step, counted from 1, is looked at. */
export function isProbed({ every }: Pick<Probe, 'every'>, step: number): boolean {
  return step === 1 || step % every === 0;
}

/** What `trainStep` calls on a step that is looked at. */
export interface StepWatch {
  /** Before the weights change. @param gradients By the variables' names. */
  before(gradients: tf.NamedTensorMap): Promise<void>;
  after(): Promise<void>;
}

/** Sees a step's weights; `weights` is filled once the step is done. */
export class WeightWatch implements StepWatch {
  readonly #model: LayersModel;
  weights: ProbedWeight[] = [];

  constructor(model: LayersModel) {
    this.#model = model;
  }

  async before(gradients: tf.NamedTensorMap): Promise<void> {
    const trained = this.#model.trainableWeights;
    const paths = uniquePaths(trained);
    this.weights = await Promise.all(
      trained.map(async (weight, i) => {
        const variable = variableOf(weight);
        const gradient = await copyOf(gradients[variable.name] as tf.Tensor);
        const value = await copyOf(variable);
        return { path: paths[i] as string, shape: variable.shape, gradient, value, update: new Float32Array(0) };
      }),
    );
  }

  async after(): Promise<void> {
    const trained = this.#model.trainableWeights;
    this.weights = await Promise.all(
      this.weights.map(async (probed, i) => {
        const value = await copyOf(variableOf(trained[i] as (typeof trained)[number]));
        return { ...probed, update: value.map((now, k) => now - (probed.value[k] as number)) };
      }),
    );
  }
}

/**
 * The outputs of the model's layers for a part of a step's batch, as the step computes them: in training mode, with its
 * masks; the weights are as they were afterwards. Of a model inside it, the output alone. Every replica must call it, since
 * layers may gather statistics of all.
 */
export async function probeActivations(
  model: LayersModel,
  { row, batch }: StepPart,
  { shape, seed, step }: { shape: readonly number[]; seed: number; step: number },
): Promise<ProbedLayer[]> {
  const layers = model.layers.filter((layer) => layer.getClassName() !== 'InputLayer' && !Array.isArray(layer.output));
  const inner = part({ inputs: model.inputs, outputs: layers.flatMap(({ output }) => output) });
  // Moving statistics, which the pass below moves on.
  const moving = model.nonTrainableWeights.map(variableOf);
  const kept = moving.map((variable) => tf.mul(variable, 1));
  // Copies: a layer may hand on its input.
  const outputs = tf.tidy(() => {
    const kwargs = { training: true, random: { seed, step, row } };
    const all = [inner.apply(inputTensor(batch, shape), kwargs) as tf.Tensor | tf.Tensor[]].flat();
    return all.map((output) => tf.clone(output));
  });
  try {
    for (const [i, variable] of moving.entries()) variable.assign(kept[i] as tf.Tensor);
    return await Promise.all(
      layers.map(async ({ name }, i) => {
        const output = outputs[i] as tf.Tensor;
        return { layer: name, shape: output.shape, values: await copyOf(output) };
      }),
    );
  } finally {
    tf.dispose([kept, outputs]);
  }
}

async function copyOf(tensor: tf.Tensor): Promise<Float32Array> {
  return Float32Array.from(await tensor.data());
}
