/**
 * VGG: five stages of 3×3 convolutions with 64, 128, 256, 512, 512 channels, 2×2 max pooling behind each; then two dense
 * layers of 4096 with dropout, and the logits.
 *
 * Source: Simonyan and Zisserman 2014, https://arxiv.org/abs/1409.1556, configurations A, B, D, E. Small images take global
 * pooling in place of the dense layers (`head: pooled`), as is usual on CIFAR. Deviations: pooling keeps the last row of an
 * odd extent (padding "same"), so that images of any size fit; convolutions keep their bias before a batch norm, as
 * torchvision's do.
 */
import { z } from 'zod';
import { type AuthoredLayer, variantsOf } from './family.ts';
import {
  activated,
  activationLayer,
  dropout,
  isSmall,
  named,
  normLayer,
  pooledHead,
  poolingLayer,
  scaled,
} from './family-layers.ts';
import {
  attention,
  dropoutRate,
  globalPooling,
  groups,
  hiddenActivation,
  norm,
  pooling,
  widthMultiplier,
} from './family-options.ts';

const WIDTHS = [64, 128, 256, 512, 512];
const HIDDEN = 4096;

const options = z.strictObject({
  head: z
    .enum(['dense', 'pooled'])
    .optional()
    .describe(
      'dense: two hidden layers of 4096 (ImageNet); pooled: global pooling (CIFAR). Left out: pooled for images with a side of less than 64 pixels.',
    ),
  norm: norm.default('none'),
  groups,
  activation: hiddenActivation,
  attention: attention.describe('Attention layer at the end of each stage, before its pooling.'),
  pooling,
  globalPooling: globalPooling.describe(
    'What head: pooled takes of each channel: its mean, its maximum, a learned mean; or a layer.',
  ),
  widthMultiplier,
  dropout: dropoutRate.default(0.5),
});

export const vggs = variantsOf({
  variants: {
    'vgg-11': { depth: 11, convolutions: [1, 1, 2, 2, 2] },
    'vgg-13': { depth: 13, convolutions: [2, 2, 2, 2, 2] },
    'vgg-16': { depth: 16, convolutions: [2, 2, 3, 3, 3] },
    'vgg-19': { depth: 19, convolutions: [2, 2, 4, 4, 4] },
  },
  summary: ({ depth }) => `VGG of ${depth} layers.`,
  options,
  layers(settings, { convolutions }, context) {
    const { activation, widthMultiplier: multiplier, dropout: rate } = settings;
    const { head = isSmall(context) ? 'pooled' : 'dense' } = settings;
    const normalization = normLayer(settings.norm, settings.groups);
    const conv = (name: string, filters: number): AuthoredLayer[] => {
      const args = { filters, kernelSize: 3, padding: 'same', kernelInitializer: 'heNormal' };
      if (normalization === 'none') {
        return activated('conv2d', { ...args, name: `conv${name}` }, activation, `activation${name}`);
      }
      return [
        { conv2d: { ...args, name: `conv${name}` } },
        ...named(normalization, `norm${name}`),
        ...activationLayer(activation, `activation${name}`),
      ];
    };
    const stages = convolutions.flatMap((count, index) => {
      const filters = scaled(WIDTHS[index] ?? 512, multiplier);
      return [
        ...Array.from({ length: count }, (_, place) => conv(`${index + 1}_${place + 1}`, filters)).flat(),
        ...named(settings.attention, `attention${index + 1}`),
        ...poolingLayer(settings.pooling, `pool${index + 1}`, 'same'),
      ];
    });
    if (head === 'pooled') return [...stages, ...pooledHead(settings.globalPooling, rate, context.classes)];
    const hidden = (name: string): AuthoredLayer[] => [
      ...activated(
        'dense',
        { units: scaled(HIDDEN, multiplier), kernelInitializer: 'heNormal', name },
        activation,
        `${name}_activation`,
      ),
      ...dropout(rate),
    ];
    return [...stages, 'flatten', ...hidden('fc6'), ...hidden('fc7'), { dense: { units: context.classes } }];
  },
});
