import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyImage } from '../inputs.ts';

const type = 'generalizedMeanPooling2d';

export const generalizedMeanPooling2dArgs = z.strictObject({
  p: z
    .number()
    .positive()
    .default(3)
    .describe('Exponent that every channel starts with: 1 is the mean, ∞ the maximum.'),
  epsilon: z.number().positive().default(1e-6).describe('Least value that enters the mean.'),
});
export type GeneralizedMeanPooling2dArgs = z.infer<typeof generalizedMeanPooling2dArgs>;

/** y = (mean of max(x, epsilon)^p)^(1/p) of each channel, p learned for each (Radenović et al. 2018, GeM). */
export const generalizedMeanPooling2d: LayerDescriptor<GeneralizedMeanPooling2dArgs> = {
  type,
  className: 'GeneralizedMeanPooling2D',
  summary: 'The generalized mean of each channel, between mean and maximum as learned (GeM).',
  args: generalizedMeanPooling2dArgs,
  inputs: 'one',
  outputShape: (_, inputs) => [onlyImage(type, inputs)[2]],
  weights({ p }, inputs) {
    const [, , channels] = onlyImage(type, inputs);
    return [{ name: 'p', shape: [channels], trainable: true, initializer: { constant: p } }];
  },
  macs: () => 0,
  view: () => ({ kind: 'global' }),
};
