import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyInput } from '../inputs.ts';

export const preluArgs = z.strictObject({
  alpha: z.number().default(0.25).describe('Slope below zero that every channel starts with.'),
});
export type PreluArgs = z.infer<typeof preluArgs>;

/** y = x where x ≥ 0, else alpha · x, alpha learned for each channel (He et al. 2015). */
export const prelu: LayerDescriptor<PreluArgs> = {
  type: 'prelu',
  className: 'PReLU',
  summary: 'Rectifier with a learned slope below zero for each channel.',
  args: preluArgs,
  inputs: 'one',
  outputShape: (_, inputs) => onlyInput('prelu', inputs),
  weights({ alpha }, inputs) {
    const input = onlyInput('prelu', inputs);
    // As tf.layers shapes it, with the axes of the image shared.
    const shape = input.map((extent, axis) => (axis === input.length - 1 ? extent : 1));
    return [{ name: 'alpha', shape, trainable: true, initializer: { constant: alpha } }];
  },
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};
