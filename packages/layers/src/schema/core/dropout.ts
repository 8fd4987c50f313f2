import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyInput } from '../inputs.ts';

export const dropoutArgs = z.strictObject({
  rate: z.number().min(0).lt(1).describe('Share of elements that become zero while training, in [0, 1).'),
});
export type DropoutArgs = z.infer<typeof dropoutArgs>;

/** While training, zeroes a share `rate` of x and scales the rest by 1 / (1 − rate) (Srivastava et al. 2014). */
export const dropout: LayerDescriptor<DropoutArgs> = {
  type: 'dropout',
  className: 'Dropout',
  summary: 'Zeroes random elements while training.',
  args: dropoutArgs,
  inputs: 'one',
  stochastic: true,
  outputShape: (_, inputs) => onlyInput('dropout', inputs),
  weights: () => [],
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};
