import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyInput } from '../inputs.ts';

export const mishArgs = z.strictObject({});
export type MishArgs = z.infer<typeof mishArgs>;

/** y = x · tanh(softplus(x)) (Misra 2019). */
export const mish: LayerDescriptor<MishArgs> = {
  type: 'mish',
  className: 'Mish',
  summary: 'A smooth rectifier: x · tanh(softplus(x)).',
  args: mishArgs,
  inputs: 'one',
  outputShape: (_, inputs) => onlyInput('mish', inputs),
  weights: () => [],
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};
