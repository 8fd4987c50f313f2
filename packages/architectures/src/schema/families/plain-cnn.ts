/**
 * Plain convolutional network: `conv → [normalization] → activation` for each entry of `filters`, pooling 2×2 after the
 * convolutions that `poolAfter` counts, flatten, dropout, logits. Before a normalization a convolution has no bias.
 *
 * Source: the reference study of kernel sizes, conv-conv-pool-conv; with 3×3 kernels an output of the last convolution
 * sees 10 pixels, with 5×5 18, with 7×7 26, with 1×1, 3×3, 5×5 in this order 12.
 */
import { z } from 'zod';
import type { AuthoredLayer, Family } from './family.ts';
import { dropout, named, plainConv, poolingLayer, scaled } from './family-layers.ts';
import { attention, dropoutRate, groups, hiddenActivation, norm, pooling, widthMultiplier } from './family-options.ts';

const options = z
  .strictObject({
    name: z.literal('plain-cnn'),
    filters: z.array(z.int().min(1)).min(1).default([32, 64, 32]).describe('Channels of each convolution.'),
    kernelSizes: z
      .array(z.int().min(1))
      .min(1)
      .optional()
      .describe('Height and width of the kernels of each convolution, as many as filters. Left out: 3 for each.'),
    poolAfter: z
      .array(z.int().min(1))
      .optional()
      .describe(
        'Which convolutions, counted from 1, a 2×2 pooling follows; [] pools nowhere. Left out: the second, where there is one.',
      ),
    batchNorm: z.boolean().default(false).describe('Batch normalization between each convolution and its activation.'),
    norm: norm
      .unwrap()
      .optional()
      .describe('Normalization there: batch, group, layer, none, or a layer. Left out: what batchNorm says.'),
    groups,
    activation: hiddenActivation,
    attention: attention.describe('Attention layer behind each activation.'),
    pooling,
    widthMultiplier,
    dropout: dropoutRate.default(0),
  })
  .superRefine(({ filters, kernelSizes, poolAfter = [] }, context) => {
    if (kernelSizes !== undefined && kernelSizes.length !== filters.length) {
      const message = `must have one size for each of the ${filters.length} filters; received ${kernelSizes.length}`;
      context.addIssue({ code: 'custom', path: ['kernelSizes'], message });
    }
    for (const [index, place] of poolAfter.entries()) {
      const path = ['poolAfter', index];
      if (place > filters.length) {
        const message = `must be at most ${filters.length}, the number of convolutions; received ${place}`;
        context.addIssue({ code: 'custom', path, message });
      } else if (poolAfter.indexOf(place) !== index) {
        context.addIssue({ code: 'custom', path, message: `${place} is already in the list; keep one` });
      }
    }
  });

export const plainCnn: Family<z.infer<typeof options>> = {
  summary: 'Convolutions, each with its own kernel size, and pooling where it is wanted.',
  options,
  layers({ filters, kernelSizes, poolAfter, batchNorm, ...settings }, { classes }) {
    const pooled = poolAfter ?? (filters.length >= 2 ? [2] : []);
    const normalization = settings.norm ?? (batchNorm ? 'batch' : 'none');
    const stages = filters.flatMap((channels, index): AuthoredLayer[] => [
      ...plainConv(
        { filters: scaled(channels, settings.widthMultiplier), kernelSize: kernelSizes?.[index] ?? 3 },
        { ...settings, norm: normalization },
      ),
      ...named(settings.attention),
      ...(pooled.includes(index + 1) ? poolingLayer(settings.pooling) : []),
    ]);
    return [...stages, 'flatten', ...dropout(settings.dropout), { dense: { units: classes } }];
  },
};
