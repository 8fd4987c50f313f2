import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { initializerArg } from '../initializers.ts';
import { onlyImage } from '../inputs.ts';

const type = 'efficientChannelAttention';

export const efficientChannelAttentionArgs = z.strictObject({
  kernelSize: z
    .int()
    .min(1)
    .refine((size) => size % 2 === 1, 'kernelSize must be odd. Use 3 or 5.')
    .nullable()
    .default(null)
    .describe('Neighbouring channels that decide on a factor; null grows with the number of channels.'),
  kernelInitializer: initializerArg('kernel', 'glorotUniform'),
});
export type EfficientChannelAttentionArgs = z.infer<typeof efficientChannelAttentionArgs>;

/** y[c] = x[c] · sigmoid(Σ kernel[a] · mean(x)[c + a − ⌊k/2⌋]), zeros beyond the channels (Wang et al. 2020, ECA-Net). */
export const efficientChannelAttention: LayerDescriptor<EfficientChannelAttentionArgs> = {
  type,
  className: 'EfficientChannelAttention',
  summary: 'Scales each channel by what the means of its neighbours say (ECA).',
  args: efficientChannelAttentionArgs,
  inputs: 'one',
  outputShape: (_, inputs) => onlyImage(type, inputs),
  weights({ kernelSize, kernelInitializer }, inputs) {
    const [, , channels] = onlyImage(type, inputs);
    const size = neighbours(kernelSize, channels);
    return [{ name: 'kernel', shape: [size, 1, 1, 1], trainable: true, initializer: kernelInitializer }];
  },
  macs({ kernelSize }, inputs) {
    const [, , channels] = onlyImage(type, inputs);
    return channels * neighbours(kernelSize, channels);
  },
  view: () => ({ kind: 'global' }),
};

/** The paper's adaptive size: t = ⌊(log₂ channels + 1) / 2⌋ if it is odd, else t + 1. */
function neighbours(kernelSize: number | null, channels: number): number {
  if (kernelSize !== null) return kernelSize;
  const size = Math.floor((Math.log2(channels) + 1) / 2);
  return size % 2 === 1 ? size : size + 1;
}
