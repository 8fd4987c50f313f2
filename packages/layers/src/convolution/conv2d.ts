import type * as tf from '@tensorflow/tfjs-core';
import { type FusedActivation, fusedConv2d, maxPoolRelu, type PoolWindow } from '@ablate/tensor-backends';
import { DescribedLayer, type LayerArgs } from '../described-layer.ts';
import { type OutputActivation, outputActivation } from '../output-activation.ts';
import { type Conv2dArgs, conv2d } from '../schema/convolution/conv2d.ts';
import { pair } from '../schema/pair.ts';

/** tf.layers' Conv2D with bias and activation in the convolution's own pass, in training too. */
export class Conv2D extends DescribedLayer<Conv2dArgs> {
  static readonly className = 'Conv2D';
  readonly #activation: OutputActivation;

  constructor(args: Conv2dArgs, base?: LayerArgs) {
    super(conv2d, args, base);
    this.#activation = outputActivation(args.activation);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    return this.#activation.after(this.#convolve(x, this.optional('bias'), this.#activation.fused));
  }

  /** relu(call(x)) in the convolution's pass; for a layer without an activation of its own. */
  rectified(x: tf.Tensor): tf.Tensor {
    return this.#convolve(x, this.optional('bias'), 'relu');
  }

  /** maxPool(relu(call(x))), with bias and ReLU after the pooling; for a layer without an activation of its own. */
  rectifiedAndPooled(x: tf.Tensor, window: PoolWindow): tf.Tensor {
    return maxPoolRelu(this.#convolve(x, null, 'linear'), this.optional('bias'), window);
  }

  #convolve(x: tf.Tensor, bias: tf.Tensor1D | null, activation: FusedActivation): tf.Tensor4D {
    const { strides, dilationRate, padding } = this.args;
    const kernel = this.variable('kernel').read() as tf.Tensor4D;
    return fusedConv2d(x as tf.Tensor4D, kernel, bias, {
      strides: pair(strides),
      dilations: pair(dilationRate),
      pad: padding,
      activation,
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), dataFormat: 'channelsLast' };
  }
}
