/**
 * ResNets for small images: 3×3 convolution of 16 channels; three stages of 16, 32, 64 channels with n basic blocks each,
 * the second and third starting with stride 2; global average pooling, logits. 6n + 2 layers.
 *
 * Source: He et al. 2015, §4.2, https://arxiv.org/abs/1512.03385; `plain-*` are its networks without shortcuts, `se-*`
 * have squeeze-excitation (Hu et al. 2018, https://arxiv.org/abs/1709.01507) at the end of each main path. Shortcuts are of
 * its option A by default, as there. Deviation: option A pads the new channels behind the old ones.
 */
import { z } from 'zod';
import { type AuthoredLayer, variantsOf } from './family.ts';
import { convNormActivation, normLayer, pooledHead, scaled } from './family-layers.ts';
import { residualOptions, residualStages, type Stage, shortcutOption } from './residual-stages.ts';

const { attention: _, ...withoutAttention } = residualOptions;

/** n blocks in each of three stages; the first widths are 16, 32, 64. */
export function cifarStages(blocks: number, multiplier: number, widths: readonly number[] = [16, 32, 64]): Stage[] {
  return widths.map((filters, index) => ({
    filters: scaled(filters, multiplier),
    blocks,
    strides: index === 0 ? 1 : 2,
  }));
}

const resnet = z.strictObject({
  ...residualOptions,
  shortcut: shortcutOption('padded'),
  zeroInitLastScale: z.boolean().default(false).describe('Start the last normalization of each block at scale 0.'),
});
const plain = z.strictObject(residualOptions).omit({ dropPath: true });
const squeezed = z.strictObject({
  ...withoutAttention,
  shortcut: shortcutOption('padded'),
  reduction: z.int().min(1).default(16).describe('Channels for each channel inside squeeze-excitation.'),
});

interface Depth {
  depth: number;
}

type Options = Omit<z.infer<typeof resnet>, 'attention' | 'shortcut' | 'zeroInitLastScale' | 'dropPath'>;

function layers(
  { depth }: Depth,
  options: Options,
  block: Record<string, unknown>,
  dropPath: number,
  classes: number,
): AuthoredLayer[] {
  const { activation, widthMultiplier, pooling, dropout } = options;
  const norm = normLayer(options.norm, options.groups);
  return [
    ...convNormActivation('stem', { filters: scaled(16, widthMultiplier), kernelSize: 3 }, norm, activation),
    ...residualStages(cifarStages((depth - 2) / 6, widthMultiplier), { norm, activation, ...block }, dropPath),
    ...pooledHead(pooling, dropout, classes),
  ];
}

export const cifarResnets = {
  ...variantsOf({
    variants: {
      'resnet-20': { depth: 20 },
      'resnet-32': { depth: 32 },
      'resnet-44': { depth: 44 },
      'resnet-56': { depth: 56 },
      'resnet-110': { depth: 110 },
    },
    summary: ({ depth }) => `ResNet of ${depth} layers for small images, basic blocks.`,
    options: resnet,
    layers: ({ attention, shortcut, zeroInitLastScale, dropPath, ...rest }, variant, { classes }) =>
      layers(variant, rest, { attention, shortcut, zeroInitLastScale }, dropPath, classes),
  }),
  ...variantsOf({
    variants: {
      'plain-20': { depth: 20 },
      'plain-32': { depth: 32 },
      'plain-44': { depth: 44 },
      'plain-56': { depth: 56 },
      'plain-110': { depth: 110 },
    },
    summary: ({ depth }) => `resnet-${depth} without its shortcuts.`,
    options: plain,
    layers: ({ attention, ...rest }, variant, { classes }) =>
      layers(variant, rest, { attention, shortcut: 'none' }, 0, classes),
  }),
  ...variantsOf({
    variants: {
      'se-resnet-20': { depth: 20 },
      'se-resnet-56': { depth: 56 },
      'se-resnet-110': { depth: 110 },
    },
    summary: ({ depth }) => `resnet-${depth} with squeeze-excitation in each block.`,
    options: squeezed,
    layers: ({ shortcut, reduction, dropPath, ...rest }, variant, { classes }) =>
      layers(variant, rest, { attention: { squeezeExcitation: { reduction } }, shortcut }, dropPath, classes),
  }),
};
