import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyImage } from '../inputs.ts';
import { pairArg } from '../pair.ts';
import { type Window, windowPlaces, windowView } from '../window.ts';

const type = 'stochasticPooling2d';

export const stochasticPooling2dArgs = z.strictObject({
  poolSize: pairArg.default(2).describe('Height and width of the windows, which do not overlap, in pixels.'),
});
export type StochasticPooling2dArgs = z.infer<typeof stochasticPooling2dArgs>;

/**
 * While training, one element of each window, drawn with probability max(x, 0) / Σ max(x, 0); otherwise the mean with
 * these weights, Σ max(x, 0)² / Σ max(x, 0). A window without a positive value gives 0 (Zeiler and Fergus 2013).
 */
export const stochasticPooling2d: LayerDescriptor<StochasticPooling2dArgs> = {
  type,
  className: 'StochasticPooling2D',
  summary: 'A random element of each window while training, the larger the likelier.',
  args: stochasticPooling2dArgs,
  inputs: 'one',
  stochastic: true,
  outputShape(args, inputs) {
    const image = onlyImage(type, inputs);
    return [...windowPlaces(type, 'poolSize', poolWindow(args), image), image[2]];
  },
  weights: () => [],
  macs: () => 0,
  view: (args) => windowView(poolWindow(args)),
};

function poolWindow({ poolSize }: StochasticPooling2dArgs): Window {
  return { size: poolSize, strides: poolSize, dilation: 1, padding: 'valid' };
}
