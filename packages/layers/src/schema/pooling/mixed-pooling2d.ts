import type { LayerDescriptor } from '../descriptor.ts';
import { onlyImage } from '../inputs.ts';
import { windowPlaces, windowView } from '../window.ts';
import { type PoolArgs, poolArgs, poolWindow } from './pool-args.ts';

const type = 'mixedPooling2d';

/** y = a · max + (1 − a) · mean of each window, a = sigmoid(mix), one mix learned from 0 (Lee et al. 2016). */
export const mixedPooling2d: LayerDescriptor<PoolArgs> = {
  type,
  className: 'MixedPooling2D',
  summary: 'A learned mixture of the maximum and the mean of each window.',
  args: poolArgs,
  inputs: 'one',
  outputShape(args, inputs) {
    const image = onlyImage(type, inputs);
    return [...windowPlaces(type, 'poolSize', poolWindow(args), image), image[2]];
  },
  weights: () => [{ name: 'mix', shape: [1], trainable: true, initializer: 'zeros' }],
  macs: () => 0,
  view: (args) => windowView(poolWindow(args)),
};
