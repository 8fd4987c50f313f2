import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { initializerArg } from '../initializers.ts';
import { onlyImage } from '../inputs.ts';
import { reducedChannels, reductionArg } from './reduced-channels.ts';

const type = 'squeezeExcitation';

export const squeezeExcitationArgs = z.strictObject({
  reduction: reductionArg(16),
  kernelInitializer: initializerArg('both kernels', 'heNormal'),
});
export type SqueezeExcitationArgs = z.infer<typeof squeezeExcitationArgs>;

/** y = x · sigmoid(W₂ relu(W₁ mean(x) + b₁) + b₂), a factor for each channel (Hu et al. 2018). */
export const squeezeExcitation: LayerDescriptor<SqueezeExcitationArgs> = {
  type,
  className: 'SqueezeExcitation',
  summary: 'Scales each channel by what the means of all channels say (SE).',
  args: squeezeExcitationArgs,
  inputs: 'one',
  outputShape: (_, inputs) => onlyImage(type, inputs),
  weights({ reduction, kernelInitializer: initializer }, inputs) {
    const [, , channels] = onlyImage(type, inputs);
    const inner = reducedChannels(channels, reduction);
    return [
      { name: 'squeeze_kernel', shape: [channels, inner], trainable: true, initializer },
      { name: 'squeeze_bias', shape: [inner], trainable: true, initializer: 'zeros' },
      { name: 'excitation_kernel', shape: [inner, channels], trainable: true, initializer },
      { name: 'excitation_bias', shape: [channels], trainable: true, initializer: 'zeros' },
    ];
  },
  macs({ reduction }, inputs) {
    const [, , channels] = onlyImage(type, inputs);
    return 2 * channels * reducedChannels(channels, reduction);
  },
  view: () => ({ kind: 'global' }),
};
