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
import { dropout, dropoutRate, type Family, hiddenActivation, kernelSize } from './family.ts';

const options = z.strictObject({
  name: z.literal('residual-cnn'),
  filters: z.array(z.int().min(1)).min(1).default([64]).describe('Channels of each residual block.'),
  kernelSize,
  activation: hiddenActivation,
  dropout: dropoutRate.default(0.25),
});

export const residualCnn: Family<z.infer<typeof options>> = {
  summary: 'Residual blocks with batch norm and 1×1 shortcuts.',
  options,
  layers({ filters, kernelSize, activation, dropout: rate }, { classes }) {
    const conv = (channels: number, size: number, strides: number) => ({
      conv2d: { filters: channels, kernelSize: size, strides, padding: 'same', useBias: false },
    });
    const blocks = filters.flatMap((channels, index) => {
      const strides = index === 0 ? 1 : 2;
      return [
        {
          residual: {
            main: [
              conv(channels, kernelSize, strides),
              'batchNormalization',
              { activation: { activation } },
              conv(channels, kernelSize, 1),
              'batchNormalization',
            ],
            shortcut: [conv(channels, 1, strides), 'batchNormalization'],
          },
        },
        'batchNormalization',
        { activation: { activation } },
      ];
    });
    return [...blocks, { maxPooling2d: { poolSize: 2 } }, 'flatten', ...dropout(rate), { dense: { units: classes } }];
  },
};
