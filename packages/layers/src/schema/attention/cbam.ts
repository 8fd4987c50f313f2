import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { initializerArg } from '../initializers.ts';
import { onlyImage } from '../inputs.ts';
import { reducedChannels, reductionArg } from './reduced-channels.ts';

const type = 'cbam';

export const cbamArgs = z.strictObject({
  reduction: reductionArg(16),
  kernelSize: z.int().min(1).default(7).describe('Height and width of the spatial kernel in pixels.'),
  kernelInitializer: initializerArg('kernels', 'heNormal'),
});
export type CbamArgs = z.infer<typeof cbamArgs>;

/**
 * First a factor for each channel, from means and maxima over the image; then one for each pixel, from means and maxima
 * over the channels (Woo et al. 2018).
 */
export const cbam: LayerDescriptor<CbamArgs> = {
  type,
  className: 'CBAM',
  summary: 'Channel attention, then spatial attention.',
  args: cbamArgs,
  inputs: 'one',
  outputShape: (_, inputs) => onlyImage(type, inputs),
  weights({ reduction, kernelSize, kernelInitializer: initializer }, inputs) {
    const [, , channels] = onlyImage(type, inputs);
    const inner = reducedChannels(channels, reduction);
    return [
      { name: 'squeeze_kernel', shape: [channels, inner], trainable: true, initializer },
      { name: 'squeeze_bias', shape: [inner], trainable: true, initializer: 'zeros' },
      { name: 'excitation_kernel', shape: [inner, channels], trainable: true, initializer },
      { name: 'excitation_bias', shape: [channels], trainable: true, initializer: 'zeros' },
      { name: 'spatial_kernel', shape: [kernelSize, kernelSize, 2, 1], trainable: true, initializer },
    ];
  },
  macs({ reduction, kernelSize }, inputs) {
    const [height, width, channels] = onlyImage(type, inputs);
    return 4 * channels * reducedChannels(channels, reduction) + height * width * kernelSize * kernelSize * 2;
  },
  view: () => ({ kind: 'global' }),
};
