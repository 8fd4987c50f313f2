import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyImage } from '../inputs.ts';
import { pairArg } from '../pair.ts';
import { type Window, windowPlaces, windowView } from '../window.ts';

const type = 'blurPooling2d';

export const blurPooling2dArgs = z.strictObject({
  filterSize: z.int().min(1).max(7).default(3).describe('Height and width of the binomial filter in pixels.'),
  strides: pairArg.default(2).describe('Pixels between neighbouring windows.'),
  padding: z
    .enum(['valid', 'same'])
    .default('same')
    .describe('valid: whole windows only; same: at the edge, the mean over the pixels that exist.'),
});
export type BlurPooling2dArgs = z.infer<typeof blurPooling2dArgs>;

/**
 * y = Σ w · x / Σ w over the pixels of each window that exist, w the outer product of a row of Pascal's triangle with
 * itself: sampling after a low-pass filter (Zhang 2019). The paper pads by reflection.
 */
export const blurPooling2d: LayerDescriptor<BlurPooling2dArgs> = {
  type,
  className: 'BlurPooling2D',
  summary: 'Smaller images without aliasing: a binomial blur, then every second pixel.',
  args: blurPooling2dArgs,
  inputs: 'one',
  outputShape(args, inputs) {
    const image = onlyImage(type, inputs);
    return [...windowPlaces(type, 'filterSize', blurWindow(args), image), image[2]];
  },
  weights: () => [],
  macs(args, inputs) {
    const image = onlyImage(type, inputs);
    const [height, width] = windowPlaces(type, 'filterSize', blurWindow(args), image);
    return height * width * args.filterSize * args.filterSize * image[2];
  },
  view: (args) => windowView(blurWindow(args)),
};

function blurWindow({ filterSize, strides, padding }: BlurPooling2dArgs): Window {
  return { size: filterSize, strides, dilation: 1, padding };
}
