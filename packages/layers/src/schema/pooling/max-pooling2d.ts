import type { LayerDescriptor } from '../descriptor.ts';
import { onlyImage } from '../inputs.ts';
import { windowPlaces, windowView } from '../window.ts';
import { type PoolArgs, poolArgs, poolWindow } from './pool-args.ts';

/** The greatest value of each window, channel by channel. */
export const maxPooling2d: LayerDescriptor<PoolArgs> = {
  type: 'maxPooling2d',
  className: 'MaxPooling2D',
  summary: 'The greatest value of each window.',
  args: poolArgs,
  inputs: 'one',
  outputShape(args, inputs) {
    const image = onlyImage('maxPooling2d', inputs);
    return [...windowPlaces('maxPooling2d', 'poolSize', poolWindow(args), image), image[2]];
  },
  weights: () => [],
  macs: () => 0,
  view: (args) => windowView(poolWindow(args)),
};
