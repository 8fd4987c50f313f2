import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyInput } from '../inputs.ts';

export const gaussianNoiseArgs = z.strictObject({
  stddev: z.number().min(0).describe('Standard deviation of the noise.'),
});
export type GaussianNoiseArgs = z.infer<typeof gaussianNoiseArgs>;

/** While training, adds a normal of mean 0 to each element (Bishop 1995). */
export const gaussianNoise: LayerDescriptor<GaussianNoiseArgs> = {
  type: 'gaussianNoise',
  className: 'GaussianNoise',
  summary: 'Adds normal noise while training.',
  args: gaussianNoiseArgs,
  inputs: 'one',
  stochastic: true,
  outputShape: (_, inputs) => onlyInput('gaussianNoise', inputs),
  weights: () => [],
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};
