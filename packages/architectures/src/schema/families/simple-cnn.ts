/**
 * Small convolutional network: `conv → activation → max pooling 2×2` for each entry of `filters`, flatten, dropout, logits.
 *
 * Source: the reference study's convolutional network; on 28×28×1 and 10 classes 50,186 parameters.
 */
import { z } from 'zod';
import { dropout, dropoutRate, type Family, hiddenActivation, kernelSize } from './family.ts';

const options = z.strictObject({
  name: z.literal('simple-cnn'),
  filters: z.array(z.int().min(1)).min(1).default([32, 64]).describe('Channels of each convolution.'),
  kernelSize,
  activation: hiddenActivation,
  dropout: dropoutRate.default(0.25),
});

export const simpleCnn: Family<z.infer<typeof options>> = {
  summary: 'Convolutions, each followed by max pooling.',
  options,
  layers({ filters, kernelSize, activation, dropout: rate }, { classes }) {
    const stages = filters.flatMap((channels) => [
      { conv2d: { filters: channels, kernelSize, padding: 'same', activation } },
      { maxPooling2d: { poolSize: 2 } },
    ]);
    return [...stages, 'flatten', ...dropout(rate), { dense: { units: classes } }];
  },
};
