import * as tf from '@tensorflow/tfjs-core';
import { DescribedLayer, type LayerArgs } from '../described-layer.ts';
import { type OutputActivation, outputActivation } from '../output-activation.ts';
import { type DepthwiseConv2dArgs, depthwiseConv2d } from '../schema/convolution/depthwise-conv2d.ts';
import { pair } from '../schema/pair.ts';
import { biasAndActivation } from './bias-and-activation.ts';

/** tf.layers' DepthwiseConv2D, its weights drawn from our streams. */
export class DepthwiseConv2D extends DescribedLayer<DepthwiseConv2dArgs> {
  static readonly className = 'DepthwiseConv2D';
  readonly #activation: OutputActivation;

  constructor(args: DepthwiseConv2dArgs, base?: LayerArgs) {
    super(depthwiseConv2d, args, base);
    this.#activation = outputActivation(args.activation);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    const kernel = this.variable('depthwise_kernel').read() as tf.Tensor4D;
    const y = tf.depthwiseConv2d(x as tf.Tensor4D, kernel, pair(this.args.strides), this.args.padding);
    return biasAndActivation(y, this.optional('bias'), this.#activation);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), dataFormat: 'channelsLast' };
  }
}
