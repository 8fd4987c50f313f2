/**
 * Wide ResNets for small images, WRN-d-k: 3×3 convolution of 16 channels, three stages of 16k, 32k, 64k channels with
 * n = (d − 4) / 6 pre-activation blocks each, dropout between the convolutions of a block if wanted.
 *
 * Source: Zagoruyko and Komodakis 2016, https://arxiv.org/abs/1605.07146.
 */
import { z } from 'zod';
import { cifarStages } from './cifar-resnet.ts';
import { variantsOf } from './family.ts';
import { normLayer, pooledHead, scaled } from './family-layers.ts';
import { preActivationEnds } from './pre-activation-ends.ts';
import { residualOptions, residualStages, shortcutOption } from './residual-stages.ts';

const options = z.strictObject({
  ...residualOptions,
  dropout: residualOptions.dropout.describe(
    'Fraction of activations zeroed between the convolutions of each block while training, in [0, 1).',
  ),
  shortcut: shortcutOption('projected'),
});

export const wideResnets = variantsOf({
  variants: {
    'wide-resnet-16-4': { depth: 16, widen: 4 },
    'wide-resnet-16-8': { depth: 16, widen: 8 },
    'wide-resnet-16-10': { depth: 16, widen: 10 },
    'wide-resnet-22-8': { depth: 22, widen: 8 },
    'wide-resnet-28-10': { depth: 28, widen: 10 },
    'wide-resnet-40-2': { depth: 40, widen: 2 },
    'wide-resnet-40-4': { depth: 40, widen: 4 },
  },
  summary: ({ depth, widen }) => `Wide ResNet of ${depth} layers for small images, ${widen} times the channels.`,
  options,
  layers(
    { activation, widthMultiplier, pooling, dropPath, norm: kind, groups, ...block },
    { depth, widen },
    { classes },
  ) {
    const norm = normLayer(kind, groups);
    const { stem, end } = preActivationEnds(scaled(16, widthMultiplier), norm, activation);
    const stages = cifarStages((depth - 4) / 6, widthMultiplier);
    return [
      ...stem,
      ...residualStages(stages, { kind: 'wide', widen, norm, activation, ...block }, dropPath),
      ...end,
      ...pooledHead(pooling, 0, classes),
    ];
  },
});
