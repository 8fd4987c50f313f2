import { z } from 'zod';
import { activationArg } from '../activations.ts';
import type { LayerDescriptor } from '../descriptor.ts';
import { depthwiseFans, fansOf, initializerArg } from '../initializers.ts';
import { onlyImage } from '../inputs.ts';
import { pair, pairArg } from '../pair.ts';
import { activityPenaltyArg, penaltyArg } from '../penalty.ts';
import { paddingArg, strideOrDilate, strideOrDilateFinding, type Window, windowPlaces, windowView } from '../window.ts';

export const separableConv2dArgs = z
  .strictObject({
    filters: z.int().min(1).describe('Number of output channels.'),
    kernelSize: pairArg.describe('Height and width of the kernel in pixels, or one number for both.'),
    strides: pairArg.default(1).describe('Pixels between neighbouring windows.'),
    padding: paddingArg,
    dilationRate: pairArg.default(1).describe('Pixels between neighbouring kernel elements.'),
    depthMultiplier: z.int().min(1).default(1).describe('Channels between the two steps for each input channel.'),
    activation: activationArg,
    useBias: z.boolean().default(true).describe('Add a learned number to each output channel.'),
    depthwiseInitializer: initializerArg('depthwise kernel', 'glorotUniform'),
    pointwiseInitializer: initializerArg('pointwise kernel', 'glorotUniform'),
    biasInitializer: initializerArg('bias', 'zeros'),
    depthwiseRegularizer: penaltyArg('depthwise kernel'),
    pointwiseRegularizer: penaltyArg('pointwise kernel'),
    biasRegularizer: penaltyArg('bias'),
    activityRegularizer: activityPenaltyArg,
  })
  .refine(strideOrDilate, strideOrDilateFinding);
export type SeparableConv2dArgs = z.infer<typeof separableConv2dArgs>;

/** A depthwise convolution, then a 1×1 convolution that mixes its channels (Chollet 2017, Xception). */
export const separableConv2d: LayerDescriptor<SeparableConv2dArgs> = {
  type: 'separableConv2d',
  className: 'SeparableConv2D',
  summary: 'Convolution of each channel by itself, then a 1×1 convolution over the channels.',
  args: separableConv2dArgs,
  inputs: 'one',
  width: 'filters',
  outputShape(args, inputs) {
    const image = onlyImage('separableConv2d', inputs);
    return [...windowPlaces('separableConv2d', 'kernelSize', window(args), image), args.filters];
  },
  weights(args, inputs) {
    const [, , channels] = onlyImage('separableConv2d', inputs);
    const { filters, depthMultiplier } = args;
    const depthwise = [...pair(args.kernelSize), channels, depthMultiplier];
    const pointwise = [1, 1, channels * depthMultiplier, filters];
    const bias = {
      name: 'bias',
      shape: [filters],
      trainable: true,
      initializer: args.biasInitializer,
      fans: fansOf(pointwise),
      penalty: args.biasRegularizer,
    };
    return [
      {
        name: 'depthwise_kernel',
        shape: depthwise,
        trainable: true,
        initializer: args.depthwiseInitializer,
        fans: depthwiseFans(depthwise),
        penalty: args.depthwiseRegularizer,
      },
      {
        name: 'pointwise_kernel',
        shape: pointwise,
        trainable: true,
        initializer: args.pointwiseInitializer,
        penalty: args.pointwiseRegularizer,
      },
      ...(args.useBias ? [bias] : []),
    ];
  },
  macs(args, inputs) {
    const image = onlyImage('separableConv2d', inputs);
    const [height, width] = windowPlaces('separableConv2d', 'kernelSize', window(args), image);
    const [kernelHeight, kernelWidth] = pair(args.kernelSize);
    return height * width * image[2] * args.depthMultiplier * (kernelHeight * kernelWidth + args.filters);
  },
  view: (args) => windowView(window(args)),
};

function window({ kernelSize, strides, dilationRate, padding }: SeparableConv2dArgs): Window {
  return { size: kernelSize, strides, dilation: dilationRate, padding };
}
