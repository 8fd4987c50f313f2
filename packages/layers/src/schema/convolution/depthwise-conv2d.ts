import { z } from 'zod';
import { activationArg } from '../activations.ts';
import type { LayerDescriptor } from '../descriptor.ts';
import { depthwiseFans, initializerArg } from '../initializers.ts';
import { onlyImage } from '../inputs.ts';
import { pair, pairArg } from '../pair.ts';
import { activityPenaltyArg, penaltyArg } from '../penalty.ts';
import { paddingArg, type Window, windowPlaces, windowView } from '../window.ts';

/** No `dilationRate`: tf.layers takes it and ignores it, so a saved model would predict something else. */
export const depthwiseConv2dArgs = z.strictObject({
  kernelSize: pairArg.describe('Height and width of the kernel in pixels, or one number for both.'),
  strides: pairArg.default(1).describe('Pixels between neighbouring windows.'),
  padding: paddingArg,
  depthMultiplier: z.int().min(1).default(1).describe('Output channels for each input channel.'),
  activation: activationArg,
  useBias: z.boolean().default(true).describe('Add a learned number to each output channel.'),
  depthwiseInitializer: initializerArg('kernel', 'glorotUniform'),
  biasInitializer: initializerArg('bias', 'zeros'),
  depthwiseRegularizer: penaltyArg('kernel'),
  biasRegularizer: penaltyArg('bias'),
  activityRegularizer: activityPenaltyArg,
});
export type DepthwiseConv2dArgs = z.infer<typeof depthwiseConv2dArgs>;

/** y[i, j, c·m + q] = activation(Σ x[i·s + a, j·s + b, c] · kernel[a, b, c, q] + bias[c·m + q]). */
export const depthwiseConv2d: LayerDescriptor<DepthwiseConv2dArgs> = {
  type: 'depthwiseConv2d',
  className: 'DepthwiseConv2D',
  summary: 'Convolution of each channel by itself.',
  args: depthwiseConv2dArgs,
  inputs: 'one',
  outputShape(args, inputs) {
    const image = onlyImage('depthwiseConv2d', inputs);
    return [...windowPlaces('depthwiseConv2d', 'kernelSize', window(args), image), image[2] * args.depthMultiplier];
  },
  weights({ kernelSize, depthMultiplier, useBias, ...args }, inputs) {
    const [, , channels] = onlyImage('depthwiseConv2d', inputs);
    const shape = [...pair(kernelSize), channels, depthMultiplier];
    const fans = depthwiseFans(shape);
    const bias = {
      name: 'bias',
      shape: [channels * depthMultiplier],
      trainable: true,
      initializer: args.biasInitializer,
      fans,
      penalty: args.biasRegularizer,
    };
    return [
      {
        name: 'depthwise_kernel',
        shape,
        trainable: true,
        initializer: args.depthwiseInitializer,
        fans,
        penalty: args.depthwiseRegularizer,
      },
      ...(useBias ? [bias] : []),
    ];
  },
  macs(args, inputs) {
    const image = onlyImage('depthwiseConv2d', inputs);
    const [height, width] = windowPlaces('depthwiseConv2d', 'kernelSize', window(args), image);
    const [kernelHeight, kernelWidth] = pair(args.kernelSize);
    return height * width * kernelHeight * kernelWidth * image[2] * args.depthMultiplier;
  },
  view: (args) => windowView(window(args)),
};

function window({ kernelSize, strides, padding }: DepthwiseConv2dArgs): Window {
  return { size: kernelSize, strides, dilation: 1, padding };
}
