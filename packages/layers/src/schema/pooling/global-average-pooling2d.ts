import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyImage } from '../inputs.ts';

export const globalAveragePooling2dArgs = z.strictObject({});

/** The mean of each channel. [height, width, channels] → [channels]. */
export const globalAveragePooling2d: LayerDescriptor = {
  type: 'globalAveragePooling2d',
  className: 'GlobalAveragePooling2D',
  summary: 'The mean of each channel.',
  args: globalAveragePooling2dArgs,
  inputs: 'one',
  outputShape: (_, inputs) => [onlyImage('globalAveragePooling2d', inputs)[2]],
  weights: () => [],
  macs: () => 0,
  view: () => ({ kind: 'global' }),
};
