import { z } from 'zod';
import { activationArg } from '../activations.ts';
import type { LayerDescriptor } from '../descriptor.ts';
import { fansOf, initializerArg } from '../initializers.ts';
import { onlyImage } from '../inputs.ts';
import { pair, pairArg } from '../pair.ts';
import { activityPenaltyArg, penaltyArg } from '../penalty.ts';
import { paddingArg, strideOrDilate, strideOrDilateFinding, type Window, windowPlaces, windowView } from '../window.ts';

/** Arguments of conv2d, one by one, for convolutions that take more. */
export const conv2dOptions = {
  filters: z.int().min(1).describe('Number of output channels.'),
  kernelSize: pairArg.describe('Height and width of the kernel in pixels, or one number for both.'),
  strides: pairArg.default(1).describe('Pixels between neighbouring windows.'),
  padding: paddingArg,
  dilationRate: pairArg.default(1).describe('Pixels between neighbouring kernel elements.'),
  activation: activationArg,
  useBias: z.boolean().default(true).describe('Add a learned number to each output channel.'),
  kernelInitializer: initializerArg('kernel', 'glorotUniform'),
  biasInitializer: initializerArg('bias', 'zeros'),
  kernelRegularizer: penaltyArg('kernel'),
  biasRegularizer: penaltyArg('bias'),
  activityRegularizer: activityPenaltyArg,
};

export const conv2dArgs = z.strictObject(conv2dOptions).refine(strideOrDilate, strideOrDilateFinding);
export type Conv2dArgs = z.infer<typeof conv2dArgs>;

/** y[i, j, f] = activation(Σ x[i·s + a·d, j·s + b·d, c] · kernel[a, b, c, f] + bias[f]); kernels HWIO. */
export const conv2d: LayerDescriptor<Conv2dArgs> = {
  type: 'conv2d',
  className: 'Conv2D',
  summary: 'Convolution of an image with learned kernels.',
  args: conv2dArgs,
  inputs: 'one',
  width: 'filters',
  outputShape(args, inputs) {
    return [...windowPlaces('conv2d', 'kernelSize', conv2dWindow(args), onlyImage('conv2d', inputs)), args.filters];
  },
  weights({ filters, kernelSize, useBias, ...args }, inputs) {
    const [, , channels] = onlyImage('conv2d', inputs);
    const shape = [...pair(kernelSize), channels, filters];
    const bias = {
      name: 'bias',
      shape: [filters],
      trainable: true,
      initializer: args.biasInitializer,
      fans: fansOf(shape),
      penalty: args.biasRegularizer,
    };
    return [
      {
        name: 'kernel',
        shape,
        trainable: true,
        initializer: args.kernelInitializer,
        penalty: args.kernelRegularizer,
      },
      ...(useBias ? [bias] : []),
    ];
  },
  macs(args, inputs) {
    const [, , channels] = onlyImage('conv2d', inputs);
    const [height, width] = windowPlaces('conv2d', 'kernelSize', conv2dWindow(args), onlyImage('conv2d', inputs));
    const [kernelHeight, kernelWidth] = pair(args.kernelSize);
    return height * width * kernelHeight * kernelWidth * channels * args.filters;
  },
  view: (args) => windowView(conv2dWindow(args)),
};

/** The window of a convolution. */
export function conv2dWindow({
  kernelSize,
  strides,
  dilationRate,
  padding,
}: Pick<Conv2dArgs, 'kernelSize' | 'strides' | 'dilationRate' | 'padding'>): Window {
  return { size: kernelSize, strides, dilation: dilationRate, padding };
}
