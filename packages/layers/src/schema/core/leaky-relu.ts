import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyInput } from '../inputs.ts';

export const leakyReLUArgs = z.strictObject({
  alpha: z.number().min(0).default(0.3).describe('Slope below zero.'),
});
export type LeakyReLUArgs = z.infer<typeof leakyReLUArgs>;

/** y = x where x ≥ 0, else alpha · x (Maas et al. 2013). */
export const leakyReLU: LayerDescriptor<LeakyReLUArgs> = {
  type: 'leakyReLU',
  className: 'LeakyReLU',
  summary: 'Rectifier that lets a share of negative values through.',
  args: leakyReLUArgs,
  inputs: 'one',
  outputShape: (_, inputs) => onlyInput('leakyReLU', inputs),
  weights: () => [],
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};
