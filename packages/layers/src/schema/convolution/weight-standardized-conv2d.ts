import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyImage } from '../inputs.ts';
import { strideOrDilate, strideOrDilateFinding, windowPlaces, windowView } from '../window.ts';
import { conv2d, conv2dOptions, conv2dWindow } from './conv2d.ts';

const type = 'weightStandardizedConv2d';

export const weightStandardizedConv2dArgs = z
  .strictObject({
    ...conv2dOptions,
    epsilon: z.number().positive().default(1e-5).describe("Added to the variance of each filter's weights."),
  })
  .refine(strideOrDilate, strideOrDilateFinding);
export type WeightStandardizedConv2dArgs = z.infer<typeof weightStandardizedConv2dArgs>;

/** conv2d with the weights of each filter brought to mean 0 and variance 1 (Qiao et al. 2019). */
export const weightStandardizedConv2d: LayerDescriptor<WeightStandardizedConv2dArgs> = {
  type,
  className: 'WeightStandardizedConv2D',
  summary: "Convolution whose filters' weights have mean 0 and variance 1.",
  args: weightStandardizedConv2dArgs,
  inputs: 'one',
  width: 'filters',
  outputShape(args, inputs) {
    return [...windowPlaces(type, 'kernelSize', conv2dWindow(args), onlyImage(type, inputs)), args.filters];
  },
  weights: (args, inputs) => conv2d.weights(args, [onlyImage(type, inputs)]),
  macs: (args, inputs) => conv2d.macs(args, [onlyImage(type, inputs)]),
  view: (args) => windowView(conv2dWindow(args)),
};
