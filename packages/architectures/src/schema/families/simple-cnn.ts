/**
 * Small convolutional network: `conv → [normalization] → activation → pooling 2×2` for each entry of `filters`, flatten,
 * dropout, logits. Before a normalization a convolution has no bias.
 *
 * Source: the reference study's convolutional network; on 28×28×1 and 10 classes 50,186 parameters.
 */
import { z } from 'zod';
import type { AuthoredLayer, Family } from './family.ts';
import { dropout, named, plainConv, poolingLayer, scaled } from './family-layers.ts';
import {
  attention,
  dropoutRate,
  groups,
  hiddenActivation,
  kernelSize,
  norm,
  pooling,
  widthMultiplier,
} from './family-options.ts';

const options = z.strictObject({
  name: z.literal('simple-cnn'),
  filters: z.array(z.int().min(1)).min(1).default([32, 64]).describe('Channels of each convolution.'),
  kernelSize,
  activation: hiddenActivation,
  norm: norm.default('none'),
  groups,
  attention: attention.describe('Attention layer behind each activation.'),
  pooling,
  widthMultiplier,
  dropout: dropoutRate.default(0.25),
});

export const simpleCnn: Family<z.infer<typeof options>> = {
  summary: 'Convolutions, each followed by pooling.',
  options,
  layers(settings, { classes }) {
    const stages = settings.filters.flatMap((channels): AuthoredLayer[] => [
      ...plainConv({ filters: scaled(channels, settings.widthMultiplier), kernelSize: settings.kernelSize }, settings),
      ...named(settings.attention),
      ...poolingLayer(settings.pooling),
    ]);
    return [...stages, 'flatten', ...dropout(settings.dropout), { dense: { units: classes } }];
  },
};
