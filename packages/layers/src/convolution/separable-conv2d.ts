import * as tf from '@tensorflow/tfjs-core';
import { fusedConv2d } from '@ablate/tensor-backends';
import { DescribedLayer, type LayerArgs } from '../described-layer.ts';
import { type OutputActivation, outputActivation } from '../output-activation.ts';
import { type SeparableConv2dArgs, separableConv2d } from '../schema/convolution/separable-conv2d.ts';
import { pair } from '../schema/pair.ts';

/** tf.layers' SeparableConv2D, with bias and activation in the pass of its 1×1 convolution. */
export class SeparableConv2D extends DescribedLayer<SeparableConv2dArgs> {
  static readonly className = 'SeparableConv2D';
  readonly #activation: OutputActivation;

  constructor(args: SeparableConv2dArgs, base?: LayerArgs) {
    super(separableConv2d, args, base);
    this.#activation = outputActivation(args.activation);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    const { strides, padding, dilationRate } = this.args;
    const depthwise = this.variable('depthwise_kernel').read() as tf.Tensor4D;
    const pointwise = this.variable('pointwise_kernel').read() as tf.Tensor4D;
    const each = tf.depthwiseConv2d(x as tf.Tensor4D, depthwise, pair(strides), padding, 'NHWC', pair(dilationRate));
    const y = fusedConv2d(each, pointwise, this.optional('bias'), {
      strides: 1,
      pad: 'valid',
      activation: this.#activation.fused,
    });
    return this.#activation.after(y);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), dataFormat: 'channelsLast' };
  }
}
