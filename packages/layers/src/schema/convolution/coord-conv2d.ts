import { z } from 'zod';
import type { LayerDescriptor, Shape } from '../descriptor.ts';
import { onlyImage } from '../inputs.ts';
import { strideOrDilate, strideOrDilateFinding, windowPlaces, windowView } from '../window.ts';
import { conv2d, conv2dOptions, conv2dWindow } from './conv2d.ts';

const type = 'coordConv2d';

export const coordConv2dArgs = z
  .strictObject({
    ...conv2dOptions,
    withRadius: z.boolean().default(false).describe('Also append the distance from the centre of the image.'),
  })
  .refine(strideOrDilate, strideOrDilateFinding);
export type CoordConv2dArgs = z.infer<typeof coordConv2dArgs>;

/** conv2d of the input with its row and column, from −1 to 1, as two more channels (Liu et al. 2018, CoordConv). */
export const coordConv2d: LayerDescriptor<CoordConv2dArgs> = {
  type,
  className: 'CoordConv2D',
  summary: 'Convolution that also sees the coordinates of each pixel.',
  args: coordConv2dArgs,
  inputs: 'one',
  width: 'filters',
  outputShape(args, inputs) {
    return [...windowPlaces(type, 'kernelSize', conv2dWindow(args), onlyImage(type, inputs)), args.filters];
  },
  weights: (args, inputs) => conv2d.weights(args, [withCoordinates(args, inputs)]),
  macs: (args, inputs) => conv2d.macs(args, [withCoordinates(args, inputs)]),
  view: (args) => windowView(conv2dWindow(args)),
};

/** The shape that is convolved. */
function withCoordinates({ withRadius }: CoordConv2dArgs, inputs: readonly Shape[]): Shape {
  const [height, width, channels] = onlyImage(type, inputs);
  return [height, width, channels + (withRadius ? 3 : 2)];
}
