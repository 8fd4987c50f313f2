/**
 * ResNets for ImageNet: 7×7 convolution with stride 2, 3×3 max pooling with stride 2; four stages of 64, 128, 256, 512
 * channels (bottlenecks give four times as many), the later ones starting with stride 2; global average pooling, logits.
 *
 * Source: He et al. 2015, https://arxiv.org/abs/1512.03385; `plain-*` are its networks without shortcuts, `se-*` have
 * squeeze-excitation (Hu et al. 2018, https://arxiv.org/abs/1709.01507). Deviations: a bottleneck strides in its 3×3
 * convolution, as torchvision's, unless `strideIn` says 1x1, as the paper; where an extent is even, padding "same" of a
 * strided window pads less at the top and left than at the bottom and right, torchvision alike on all sides.
 */
import { z } from 'zod';
import { type AuthoredLayer, variantsOf } from './family.ts';
import { convNormActivation, isSmall, normLayer, pooledHead, scaled } from './family-layers.ts';
import type { NetworkContext } from '../build-graph.ts';
import { residualOptions, residualStages, shortcutOption } from './residual-stages.ts';

/** How a network for large images starts. */
export const stemOption = z
  .enum(['imagenet', 'cifar'])
  .optional()
  .describe(
    'imagenet: the first layers stride; cifar: they keep the size of small images. Left out: cifar for images with a side of less than 64 pixels.',
  );

const { attention: _, ...withoutAttention } = residualOptions;
const strideIn = z
  .enum(['3x3', '1x1'])
  .default('3x3')
  .describe('The convolution of a bottleneck that strides: 3x3 as in torchvision, or 1x1 as in the paper.');
const zeroInitLastScale = z
  .boolean()
  .default(false)
  .describe('Start the last normalization of each block at scale 0, so that the block starts as its shortcut.');

const resnet = z.strictObject({
  ...residualOptions,
  stem: stemOption,
  shortcut: shortcutOption('projected'),
  strideIn,
  zeroInitLastScale,
});
const plain = z.strictObject({ ...residualOptions, stem: stemOption }).omit({ dropPath: true });
const squeezed = z.strictObject({
  ...withoutAttention,
  stem: stemOption,
  shortcut: shortcutOption('projected'),
  strideIn,
  zeroInitLastScale,
  reduction: z.int().min(1).default(16).describe('Channels for each channel inside squeeze-excitation.'),
});

interface Depth {
  depth: number;
  blocks: readonly number[];
  bottleneck: boolean;
}

const depths = {
  18: { depth: 18, blocks: [2, 2, 2, 2], bottleneck: false },
  34: { depth: 34, blocks: [3, 4, 6, 3], bottleneck: false },
  50: { depth: 50, blocks: [3, 4, 6, 3], bottleneck: true },
  101: { depth: 101, blocks: [3, 4, 23, 3], bottleneck: true },
  152: { depth: 152, blocks: [3, 8, 36, 3], bottleneck: true },
} satisfies Record<number, Depth>;

type Options = Omit<z.infer<typeof plain>, 'stem' | 'attention'> & { stem?: 'imagenet' | 'cifar' | undefined };

function layers(
  { blocks, bottleneck }: Depth,
  options: Options,
  block: Record<string, unknown>,
  dropPath: number,
  context: NetworkContext,
): AuthoredLayer[] {
  const { activation, widthMultiplier, pooling, dropout, stem = isSmall(context) ? 'cifar' : 'imagenet' } = options;
  const norm = normLayer(options.norm, options.groups);
  const stages = blocks.map((count, index) => ({
    filters: scaled(64 * 2 ** index, widthMultiplier) * (bottleneck ? 4 : 1),
    blocks: count,
    strides: index === 0 ? 1 : 2,
  }));
  const filters = scaled(64, widthMultiplier);
  const first = stem === 'imagenet' ? { filters, kernelSize: 7, strides: 2 } : { filters, kernelSize: 3 };
  const pool = { maxPooling2d: { poolSize: 3, strides: 2, padding: 'same', name: 'stem_pool' } };
  const kind = bottleneck ? 'bottleneck' : 'basic';
  const { strideIn: where, ...shared } = block;
  return [
    ...convNormActivation('stem', first, norm, activation),
    ...(stem === 'imagenet' ? [pool] : []),
    ...residualStages(
      stages,
      { kind, norm, activation, ...shared, ...(bottleneck ? { strideIn: where } : {}) },
      dropPath,
    ),
    ...pooledHead(pooling, dropout, context.classes),
  ];
}

export const resnets = {
  ...variantsOf<Depth, z.infer<typeof resnet>>({
    variants: {
      'resnet-18': depths[18],
      'resnet-34': depths[34],
      'resnet-50': depths[50],
      'resnet-101': depths[101],
      'resnet-152': depths[152],
    },
    summary: ({ depth, bottleneck }) =>
      `ResNet of ${depth} layers for ImageNet, ${bottleneck ? 'bottlenecks' : 'basic blocks'}.`,
    options: resnet,
    layers: ({ attention, shortcut, strideIn: where, zeroInitLastScale: zero, dropPath, ...rest }, variant, context) =>
      layers(variant, rest, { attention, shortcut, strideIn: where, zeroInitLastScale: zero }, dropPath, context),
  }),
  ...variantsOf<Depth, z.infer<typeof plain>>({
    variants: { 'plain-18': depths[18], 'plain-34': depths[34] },
    summary: ({ depth }) => `resnet-${depth} without its shortcuts.`,
    options: plain,
    layers: ({ attention, ...rest }, variant, context) =>
      layers(variant, rest, { attention, shortcut: 'none' }, 0, context),
  }),
  ...variantsOf<Depth, z.infer<typeof squeezed>>({
    variants: {
      'se-resnet-18': depths[18],
      'se-resnet-34': depths[34],
      'se-resnet-50': depths[50],
      'se-resnet-101': depths[101],
      'se-resnet-152': depths[152],
    },
    summary: ({ depth }) => `resnet-${depth} with squeeze-excitation in each block.`,
    options: squeezed,
    layers(options, variant, context) {
      const { shortcut, strideIn: where, zeroInitLastScale: zero, reduction, dropPath, ...rest } = options;
      const attention = { squeezeExcitation: { reduction } };
      return layers(
        variant,
        rest,
        { attention, shortcut, strideIn: where, zeroInitLastScale: zero },
        dropPath,
        context,
      );
    },
  }),
};
