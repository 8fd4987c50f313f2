import { z } from 'zod';
import { activationNames } from '../activations.ts';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyInput } from '../inputs.ts';

export const activationLayerArgs = z.strictObject({
  activation: z.enum(activationNames).describe('Function applied to each element; softmax to each row of channels.'),
});
export type ActivationLayerArgs = z.infer<typeof activationLayerArgs>;

/** y = activation(x). */
export const activation: LayerDescriptor<ActivationLayerArgs> = {
  type: 'activation',
  className: 'Activation',
  summary: 'An activation function by itself.',
  args: activationLayerArgs,
  inputs: 'one',
  outputShape: (_, inputs) => onlyInput('activation', inputs),
  weights: () => [],
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};
