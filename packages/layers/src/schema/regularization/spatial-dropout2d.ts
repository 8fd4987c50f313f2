import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyImage } from '../inputs.ts';

export const spatialDropout2dArgs = z.strictObject({
  rate: z.number().min(0).lt(1).describe('Share of channels that become zero while training, in [0, 1).'),
});
export type SpatialDropout2dArgs = z.infer<typeof spatialDropout2dArgs>;

/** While training, zeroes each channel of each image with probability rate and scales the rest by 1 / (1 − rate) (Tompson et al. 2015). */
export const spatialDropout2d: LayerDescriptor<SpatialDropout2dArgs> = {
  type: 'spatialDropout2d',
  className: 'SpatialDropout2D',
  summary: 'Zeroes random channels of an image while training.',
  args: spatialDropout2dArgs,
  inputs: 'one',
  stochastic: true,
  outputShape: (_, inputs) => onlyImage('spatialDropout2d', inputs),
  weights: () => [],
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};
