import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, regularizers } from '@tensorflow/tfjs-layers';
import { ActivityPenalty } from './activity-penalty.ts';
import { type LayerDescriptor, type Shape, ShapeError } from './schema/descriptor.ts';
import type { Penalty } from './schema/penalty.ts';
import { configOf } from './stock-config.ts';
import { StreamInitializer } from './stream-initializer.ts';

/** What any tf.layers layer may be told: `name`, `trainable`, `batchInputShape`, `dtype`. */
export type LayerArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/** A shape as tf.layers writes it: batch first, null where it is free. */
export type BatchShape = (number | null)[];

/**
 * A tf.layers layer whose shapes and weights are those of its descriptor. It serialises as the stock layer of the same
 * className, so that plain tfjs loads what it is part of.
 *
 * Its own initial weights come from seed 0 and the weight's path; a program that wants others writes them after build
 * (and saves the work with `setFastWeightInitDuringBuild(true)`).
 */
export abstract class DescribedLayer<Args extends object> extends layers.Layer {
  readonly descriptor: LayerDescriptor<Args>;
  readonly args: Readonly<Args>;
  readonly #weights = new Map<string, LayerVariable>();
  readonly #activityPenalty: ActivityPenalty | null;

  /** @param args Complete arguments, as the descriptor's schema gives them. */
  constructor(descriptor: LayerDescriptor<Args>, args: Args, base: LayerArgs = {}) {
    super(base);
    this.descriptor = descriptor;
    this.args = args;
    const { activityRegularizer: penalty } = args as { activityRegularizer?: Penalty };
    this.#activityPenalty = penalty === undefined ? null : new ActivityPenalty(penalty);
  }

  /** The layer's function; called in a tidy. */
  protected abstract forward(x: tf.Tensor, kwargs: Record<string, unknown>): tf.Tensor;

  /** Input shapes as the descriptor takes them. */
  protected shapesOf(inputShape: BatchShape | BatchShape[]): Shape[] {
    const shapes = isOneShape(inputShape) ? [inputShape] : inputShape;
    return shapes.map((shape) =>
      shape.slice(1).map((extent) => {
        if (extent !== null) return extent;
        throw new ShapeError(
          `${this.descriptor.type}: all extents but the batch must be known; received [${shape.join(', ')}]. Give the model's input a fixed shape.`,
        );
      }),
    );
  }

  override build(inputShape: BatchShape | BatchShape[]): void {
    for (const weight of this.descriptor.weights(this.args, this.shapesOf(inputShape))) {
      const initializer = new StreamInitializer(weight, `${this.name}/${weight.name}`);
      this.#weights.set(
        weight.name,
        this.addWeight(
          weight.name,
          [...weight.shape],
          'float32',
          initializer,
          weight.penalty && regularizers.l1l2(weight.penalty),
          weight.trainable,
        ),
      );
    }
    this.built = true;
  }

  override computeOutputShape(inputShape: BatchShape | BatchShape[]): BatchShape {
    const [batch = null] = isOneShape(inputShape) ? inputShape : (inputShape[0] ?? []);
    return [batch, ...this.descriptor.outputShape(this.args, this.shapesOf(inputShape))];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown>): tf.Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const [x, ...others] = [inputs].flat();
      if (x === undefined || others.length > 0) {
        throw new Error(`${this.name}: takes one tensor; received ${others.length + (x === undefined ? 0 : 1)}.`);
      }
      const y = x.shape[0] === 0 && !this.#synchronized ? this.#ofNoRows(x, kwargs) : this.forward(x, kwargs);
      this.#activityPenalty?.see(y, kwargs, this.inboundNodes.length);
      return y;
    });
  }

  /** Whether its output adds to the loss: then nothing may be computed in its pass that comes after it. */
  get penalizesActivity(): boolean {
    return this.#activityPenalty !== null;
  }

  /** What its outputs add to the loss, one scalar for each training call since it was last asked. */
  activityLosses(): tf.Scalar[] {
    return this.#activityPenalty?.take() ?? [];
  }

  /** Penalties of weights and of outputs. */
  override calculateLosses(): tf.Scalar[] {
    return [...super.calculateLosses(), ...this.activityLosses()];
  }

  /** Its replicas join in each call; the layer itself knows what to do without rows. */
  get #synchronized(): boolean {
    return 'synchronized' in this.constructor && this.constructor.synchronized === true;
  }

  /**
   * An empty shard of a batch: one row of zeros stands in and is cut away, so that gradients of weights are zero. The
   * reductions of backends leave sums over nothing unwritten.
   */
  #ofNoRows(x: tf.Tensor, kwargs: Record<string, unknown>): tf.Tensor {
    const row = tf.zeros([1, ...x.shape.slice(1)]);
    const y = this.forward(tf.concat([x, row], 0), kwargs);
    return tf.slice(y, 0, 0);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.argsConfig() };
  }

  /** The arguments as they are saved: as the stock layer would write them. */
  protected argsConfig(): tf.serialization.ConfigDict {
    return configOf(this.args);
  }

  /** The variable of a weight that this layer has. */
  protected variable(name: string): LayerVariable {
    const variable = this.#weights.get(name);
    if (variable === undefined) throw new Error(`internal: ${this.name} has no weight "${name}".`);
    return variable;
  }

  /** Its value, or null where the arguments leave it out. */
  protected optional(name: string): tf.Tensor1D | null {
    return this.#weights.has(name) ? (this.variable(name).read() as tf.Tensor1D) : null;
  }
}

function isOneShape(shape: BatchShape | BatchShape[]): shape is BatchShape {
  return !Array.isArray(shape[0]);
}
