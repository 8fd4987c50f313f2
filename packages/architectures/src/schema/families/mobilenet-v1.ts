/**
 * MobileNet: 3×3 convolution with stride 2, thirteen depthwise separable blocks (depthwise 3×3, normalization, activation,
 * 1×1 convolution, normalization, activation), global average pooling, logits.
 *
 * Source: Howard et al. 2017, https://arxiv.org/abs/1704.04861.
 */
import { z } from 'zod';
import type { AuthoredLayer, Family } from './family.ts';
import { activationLayer, convNormActivation, isSmall, named, normLayer, pooledHead, scaled } from './family-layers.ts';
import {
  attention,
  dropoutRate,
  globalPooling,
  groups,
  hiddenActivation,
  norm,
  widthMultiplier,
} from './family-options.ts';
import { stemOption } from './resnet.ts';

/** Channels and stride of each block. */
const BLOCKS = [
  { filters: 64, strides: 1 },
  { filters: 128, strides: 2 },
  { filters: 128, strides: 1 },
  { filters: 256, strides: 2 },
  { filters: 256, strides: 1 },
  { filters: 512, strides: 2 },
  { filters: 512, strides: 1 },
  { filters: 512, strides: 1 },
  { filters: 512, strides: 1 },
  { filters: 512, strides: 1 },
  { filters: 512, strides: 1 },
  { filters: 1024, strides: 2 },
  { filters: 1024, strides: 1 },
];

const options = z.strictObject({
  name: z.literal('mobilenet-v1'),
  stem: stemOption,
  norm,
  groups,
  activation: hiddenActivation,
  widthMultiplier,
  attention,
  pooling: globalPooling,
  dropout: dropoutRate.default(0),
});

export const mobilenetV1: Family<z.infer<typeof options>> = {
  summary: 'MobileNet: depthwise separable convolutions.',
  options,
  layers(settings, context) {
    const { activation, widthMultiplier: multiplier, stem = isSmall(context) ? 'cifar' : 'imagenet' } = settings;
    const normalization = normLayer(settings.norm, settings.groups);
    const useBias = normalization === 'none';
    const first = { filters: scaled(32, multiplier), kernelSize: 3, strides: stem === 'imagenet' ? 2 : 1 };
    const blocks = BLOCKS.flatMap(({ filters, strides }, index): AuthoredLayer[] => {
      const name = `block${index + 1}`;
      const depthwise = { kernelSize: 3, strides, padding: 'same', useBias, depthwiseInitializer: 'heNormal' };
      return [
        { depthwiseConv2d: { ...depthwise, name: `${name}_depthwise` } },
        ...named(normalization, `${name}_depthwise_norm`),
        ...activationLayer(activation, `${name}_depthwise_activation`),
        ...convNormActivation(name, { filters: scaled(filters, multiplier), kernelSize: 1 }, normalization, activation),
        ...named(settings.attention, `${name}_attention`),
      ];
    });
    return [
      ...convNormActivation('stem', first, normalization, activation),
      ...blocks,
      ...pooledHead(settings.pooling, settings.dropout, context.classes),
    ];
  },
};
