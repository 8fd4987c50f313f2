import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyInput } from '../inputs.ts';

export const geluArgs = z.strictObject({
  approximate: z.boolean().default(false).describe('Use the tanh formula of the paper in place of erf.'),
});
export type GeluArgs = z.infer<typeof geluArgs>;

/** y = x · Φ(x), Φ the normal distribution function (Hendrycks and Gimpel 2016). */
export const gelu: LayerDescriptor<GeluArgs> = {
  type: 'gelu',
  className: 'GELU',
  summary: 'A smooth rectifier: x times the share of a normal below x.',
  args: geluArgs,
  inputs: 'one',
  outputShape: (_, inputs) => onlyInput('gelu', inputs),
  weights: () => [],
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};
