import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyInput } from '../inputs.ts';

export const dropPathArgs = z.strictObject({
  rate: z.number().min(0).lt(1).describe('Share of examples that become zero while training, in [0, 1).'),
});
export type DropPathArgs = z.infer<typeof dropPathArgs>;

/**
 * While training, zeroes each example with probability rate and scales the rest by 1 / (1 − rate): on the main branch of a
 * residual block, this is stochastic depth (Huang et al. 2016).
 */
export const dropPath: LayerDescriptor<DropPathArgs> = {
  type: 'dropPath',
  className: 'DropPath',
  summary: 'Zeroes random examples of a branch while training.',
  args: dropPathArgs,
  inputs: 'one',
  stochastic: true,
  outputShape: (_, inputs) => onlyInput('dropPath', inputs),
  weights: () => [],
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};
