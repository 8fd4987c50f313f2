import type { LayerDescriptor } from '../descriptor.ts';
import { onlyImage } from '../inputs.ts';
import { windowPlaces, windowView } from '../window.ts';
import { type PoolArgs, poolArgs, poolWindow } from './pool-args.ts';

/** The mean of each window, channel by channel; with padding "same" over the pixels that exist. */
export const averagePooling2d: LayerDescriptor<PoolArgs> = {
  type: 'averagePooling2d',
  className: 'AveragePooling2D',
  summary: 'The mean of each window.',
  args: poolArgs,
  inputs: 'one',
  outputShape(args, inputs) {
    const image = onlyImage('averagePooling2d', inputs);
    return [...windowPlaces('averagePooling2d', 'poolSize', poolWindow(args), image), image[2]];
  },
  weights: () => [],
  macs: () => 0,
  view: (args) => windowView(poolWindow(args)),
};
