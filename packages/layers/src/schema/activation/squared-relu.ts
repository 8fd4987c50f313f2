import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyInput } from '../inputs.ts';

export const squaredReluArgs = z.strictObject({});
export type SquaredReluArgs = z.infer<typeof squaredReluArgs>;

/** y = max(x, 0)² (So et al. 2021, Primer). */
export const squaredRelu: LayerDescriptor<SquaredReluArgs> = {
  type: 'squaredRelu',
  className: 'SquaredReLU',
  summary: 'The square of a rectifier.',
  args: squaredReluArgs,
  inputs: 'one',
  outputShape: (_, inputs) => onlyInput('squaredRelu', inputs),
  weights: () => [],
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};
