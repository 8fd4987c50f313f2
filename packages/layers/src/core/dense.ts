import * as tf from '@tensorflow/tfjs-core';
import { type FusedActivation, fusedDense } from '@ablate/tensor-backends';
import { type BatchShape, DescribedLayer, type LayerArgs } from '../described-layer.ts';
import { type OutputActivation, outputActivation } from '../output-activation.ts';
import { type DenseArgs, dense } from '../schema/core/dense.ts';
import type { Shape } from '../schema/descriptor.ts';

/**
 * tf.layers' Dense with bias and activation in the product's own pass, in training too. Like the stock layer it takes
 * any rank from 2 and works on the last axis; in a study, the descriptor allows rows only.
 */
export class Dense extends DescribedLayer<DenseArgs> {
  static readonly className = 'Dense';
  readonly #activation: OutputActivation;

  constructor(args: DenseArgs, base?: LayerArgs) {
    super(dense, args, base);
    this.supportsMasking = true;
    this.#activation = outputActivation(args.activation);
  }

  protected override shapesOf(inputShape: BatchShape | BatchShape[]): Shape[] {
    const last = inputShape.at(-1);
    return super.shapesOf(typeof last === 'number' ? [null, last] : inputShape);
  }

  override computeOutputShape(inputShape: BatchShape | BatchShape[]): BatchShape {
    const [, units] = super.computeOutputShape(inputShape);
    return [...(inputShape as BatchShape).slice(0, -1), units as number];
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    return this.#activation.after(this.#multiply(x, this.#activation.fused));
  }

  /** relu(call(x)) in the product's pass; for a layer without an activation of its own. */
  rectified(x: tf.Tensor): tf.Tensor {
    return tf.tidy(() => this.#multiply(x, 'relu'));
  }

  #multiply(x: tf.Tensor, activation: FusedActivation): tf.Tensor {
    const kernel = this.variable('kernel').read() as tf.Tensor2D;
    const rows = x.rank === 2 ? (x as tf.Tensor2D) : tf.reshape(x, [-1, kernel.shape[0]]);
    const y = fusedDense(rows as tf.Tensor2D, kernel, this.optional('bias'), activation);
    return x.rank === 2 ? y : tf.reshape(y, [...x.shape.slice(0, -1), kernel.shape[1]]);
  }
}
