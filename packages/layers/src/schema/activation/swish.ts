import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyInput } from '../inputs.ts';

export const swishArgs = z.strictObject({
  perChannel: z.boolean().default(false).describe('Learn a beta for each channel in place of one for all.'),
});
export type SwishArgs = z.infer<typeof swishArgs>;

/** y = x · sigmoid(beta · x), beta learned from 1 (Ramachandran et al. 2017). */
export const swish: LayerDescriptor<SwishArgs> = {
  type: 'swish',
  className: 'Swish',
  summary: 'A smooth rectifier with learned sharpness: x · sigmoid(beta · x).',
  args: swishArgs,
  inputs: 'one',
  outputShape: (_, inputs) => onlyInput('swish', inputs),
  weights({ perChannel }, inputs) {
    const shape = [perChannel ? (onlyInput('swish', inputs).at(-1) ?? 1) : 1];
    return [{ name: 'beta', shape, trainable: true, initializer: 'ones' }];
  },
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};
