/**
 * MobileNetV2: 3×3 convolution with stride 2, seventeen inverted residual blocks, 1×1 convolution, global average pooling,
 * dropout, logits. With a width multiplier numbers of channels are rounded to multiples of 8, never more than a tenth down,
 * and the last convolution does not shrink.
 *
 * Source: Sandler et al. 2018, https://arxiv.org/abs/1801.04381, table 2, and the rounding of its reference implementation.
 */
import { z } from 'zod';
import type { Family } from './family.ts';
import { convNormActivation, isSmall, normLayer, pooledHead } from './family-layers.ts';
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

/** Rows of the paper's table 2: expansion, channels, blocks, stride of the first. */
const STAGES = [
  { expansion: 1, filters: 16, blocks: 1, strides: 1 },
  { expansion: 6, filters: 24, blocks: 2, strides: 2 },
  { expansion: 6, filters: 32, blocks: 3, strides: 2 },
  { expansion: 6, filters: 64, blocks: 4, strides: 2 },
  { expansion: 6, filters: 96, blocks: 3, strides: 1 },
  { expansion: 6, filters: 160, blocks: 3, strides: 2 },
  { expansion: 6, filters: 320, blocks: 1, strides: 1 },
];
const LAST = 1280;

const options = z.strictObject({
  name: z.literal('mobilenet-v2'),
  stem: stemOption,
  shortcut: z.enum(['identity', 'none']).default('identity').describe('none leaves all sums out.'),
  norm,
  groups,
  activation: hiddenActivation.default('relu6'),
  widthMultiplier,
  attention,
  pooling: globalPooling,
  dropout: dropoutRate.default(0.2),
});

export const mobilenetV2: Family<z.infer<typeof options>> = {
  summary: 'MobileNetV2: inverted residual blocks with linear bottlenecks.',
  options,
  layers(settings, context) {
    const { activation, widthMultiplier: multiplier, stem = isSmall(context) ? 'cifar' : 'imagenet' } = settings;
    const normalization = normLayer(settings.norm, settings.groups);
    const first = { filters: byEight(32 * multiplier), kernelSize: 3, strides: stem === 'imagenet' ? 2 : 1 };
    const last = { filters: byEight(LAST * Math.max(1, multiplier)), kernelSize: 1 };
    const blocks = STAGES.flatMap(({ expansion, filters, blocks: count, strides }, stage) =>
      Array.from({ length: count }, (_, index) => ({
        invertedResidual: {
          name: `stage${stage + 1}_block${index + 1}`,
          filters: byEight(filters * multiplier),
          strides: index === 0 ? strides : 1,
          expansion,
          activation,
          norm: normalization,
          attention: settings.attention,
          shortcut: settings.shortcut,
        },
      })),
    );
    return [
      ...convNormActivation('stem', first, normalization, activation),
      ...blocks,
      ...convNormActivation('last', last, normalization, activation),
      ...pooledHead(settings.pooling, settings.dropout, context.classes),
    ];
  },
};

/** The nearest multiple of 8, at least 8, or the next where that is less than nine tenths of it. */
function byEight(width: number): number {
  const rounded = Math.max(8, Math.floor((width + 4) / 8) * 8);
  return rounded < 0.9 * width ? rounded + 8 : rounded;
}
