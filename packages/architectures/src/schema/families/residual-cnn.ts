/**
 * Small residual network: for each entry of `filters` a block, batch norm and activation; then pooling, flatten,
 * dropout, logits. A block is `conv → BN → activation → conv → BN` plus a 1×1 convolution with BN; no convolution has
 * a bias. From the second block on, blocks halve height and width (stride 2 in the first convolution and the shortcut).
 *
 * Source: the reference study's residual network; on 28×28×1 and 10 classes 163,466 trainable parameters. After He et
 * al. 2015, https://arxiv.org/abs/1512.03385, from which it deviates as the reference does: the sum is normalized once
 * more before its activation.
 */
import { z } from 'zod';
import type { Family } from './family.ts';
import { activationLayer, dropout, named, plainNorm, poolingLayer, scaled } from './family-layers.ts';
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
  name: z.literal('residual-cnn'),
  filters: z.array(z.int().min(1)).min(1).default([64]).describe('Channels of each residual block.'),
  kernelSize,
  activation: hiddenActivation,
  norm,
  groups,
  attention,
  shortcut: z
    .enum(['projected', 'none'])
    .default('projected')
    .describe('What is added to each block: a 1×1 convolution of its input; none leaves all sums out.'),
  pooling,
  widthMultiplier,
  dropout: dropoutRate.default(0.25),
});

export const residualCnn: Family<z.infer<typeof options>> = {
  summary: 'Residual blocks with batch norm and 1×1 shortcuts.',
  options,
  layers({ filters, kernelSize, activation, shortcut, widthMultiplier: multiplier, ...settings }, { classes }) {
    const normalization = named(plainNorm(settings.norm, settings.groups));
    const conv = (channels: number, size: number, strides: number) => ({
      conv2d: { filters: channels, kernelSize: size, strides, padding: 'same', useBias: normalization.length === 0 },
    });
    const blocks = filters.flatMap((width, index) => {
      const channels = scaled(width, multiplier);
      const strides = index === 0 ? 1 : 2;
      return [
        {
          residual: {
            main: [
              conv(channels, kernelSize, strides),
              ...normalization,
              ...activationLayer(activation),
              conv(channels, kernelSize, 1),
              ...normalization,
              ...named(settings.attention),
            ],
            shortcut: shortcut === 'none' ? shortcut : [conv(channels, 1, strides), ...normalization],
          },
        },
        ...normalization,
        ...activationLayer(activation),
      ];
    });
    return [
      ...blocks,
      ...poolingLayer(settings.pooling),
      'flatten',
      ...dropout(settings.dropout),
      { dense: { units: classes } },
    ];
  },
};
