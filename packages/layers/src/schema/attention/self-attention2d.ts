import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { initializerArg } from '../initializers.ts';
import { onlyImage } from '../inputs.ts';
import { reducedChannels, reductionArg } from './reduced-channels.ts';

const type = 'selfAttention2d';

export const selfAttention2dArgs = z.strictObject({
  reduction: reductionArg(2),
  kernelInitializer: initializerArg('query, key and value kernels', 'glorotUniform'),
  outputInitializer: initializerArg('output kernel (zeros: the layer starts as the identity)', 'zeros'),
});
export type SelfAttention2dArgs = z.infer<typeof selfAttention2dArgs>;

/**
 * y = x + softmax(Q Kᵀ / √d) V W over all pixels, Q, K, V = x times a kernel each, d = ⌈channels / reduction⌉ (the
 * non-local block of Wang et al. 2018 with the scale of Vaswani et al. 2017).
 */
export const selfAttention2d: LayerDescriptor<SelfAttention2dArgs> = {
  type,
  className: 'SelfAttention2D',
  summary: 'Each pixel adds a weighted mean of all pixels (non-local).',
  args: selfAttention2dArgs,
  inputs: 'one',
  outputShape: (_, inputs) => onlyImage(type, inputs),
  weights({ reduction, kernelInitializer: initializer, outputInitializer }, inputs) {
    const [, , channels] = onlyImage(type, inputs);
    const inner = reducedChannels(channels, reduction);
    return [
      { name: 'query_kernel', shape: [channels, inner], trainable: true, initializer },
      { name: 'key_kernel', shape: [channels, inner], trainable: true, initializer },
      { name: 'value_kernel', shape: [channels, inner], trainable: true, initializer },
      { name: 'output_kernel', shape: [inner, channels], trainable: true, initializer: outputInitializer },
    ];
  },
  macs({ reduction }, inputs) {
    const [height, width, channels] = onlyImage(type, inputs);
    const pixels = height * width;
    const inner = reducedChannels(channels, reduction);
    return 4 * pixels * channels * inner + 2 * pixels * pixels * inner;
  },
  view: () => ({ kind: 'global' }),
};
