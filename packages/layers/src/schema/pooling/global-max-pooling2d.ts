import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyImage } from '../inputs.ts';

export const globalMaxPooling2dArgs = z.strictObject({});

/** The greatest value of each channel. [height, width, channels] → [channels]. */
export const globalMaxPooling2d: LayerDescriptor = {
  type: 'globalMaxPooling2d',
  className: 'GlobalMaxPooling2D',
  summary: 'The greatest value of each channel.',
  args: globalMaxPooling2dArgs,
  inputs: 'one',
  outputShape: (_, inputs) => [onlyImage('globalMaxPooling2d', inputs)[2]],
  weights: () => [],
  macs: () => 0,
  view: () => ({ kind: 'global' }),
};
