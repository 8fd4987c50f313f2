/**
 * LeNet-5: C1 5×5 convolution, 6 channels; S2 pooling; C3 5×5 convolution, 16 channels; S4 pooling; C5 and F6 fully
 * connected, 120 and 84; logits. For 32×32 images; smaller ones keep their size in C1, as the paper's digits of 28×28
 * stand in a frame of zeros.
 *
 * Source: LeCun et al. 1998, "Gradient-based learning applied to document recognition". Deviations, the usual ones: C3 sees
 * all channels of S2, pooling has no weights, the output is logits rather than distances: 61,706 parameters, not 60,000.
 */
import { z } from 'zod';
import type { AuthoredLayer, Family } from './family.ts';
import { activated, convUnit, dropout, named, normLayer, poolingLayer, scaled } from './family-layers.ts';
import { attention, dropoutRate, groups, hiddenActivation, norm, pooling, widthMultiplier } from './family-options.ts';

const options = z.strictObject({
  name: z.literal('lenet-5'),
  activation: hiddenActivation.default('tanh'),
  norm: norm.default('none').describe('Normalization behind each convolution: batch, group, layer, none, or a layer.'),
  groups: groups.default(2),
  attention: attention.describe('Attention layer behind each activation of a convolution.'),
  pooling: pooling.default('average'),
  widthMultiplier,
  dropout: dropoutRate.default(0),
});

export const lenet5: Family<z.infer<typeof options>> = {
  summary: 'LeNet-5: two convolutions, two poolings, two dense layers.',
  options,
  layers({ activation, widthMultiplier: multiplier, dropout: rate, ...settings }, { inputShape, classes }) {
    const [height = 0, width = 0] = inputShape;
    const framed = Math.min(height, width) < 32;
    const normalization = normLayer(settings.norm, settings.groups);
    const conv = (name: string, filters: number, padding: string): AuthoredLayer[] => {
      const args = { name, filters: scaled(filters, multiplier), kernelSize: 5, padding };
      return [...convUnit(args, normalization, activation, name), ...named(settings.attention, `${name}_attention`)];
    };
    const dense = (name: string, units: number) =>
      activated('dense', { name, units: scaled(units, multiplier) }, activation, `${name}_activation`);
    return [
      ...conv('c1', 6, framed ? 'same' : 'valid'),
      ...poolingLayer(settings.pooling, 's2'),
      ...conv('c3', 16, 'valid'),
      ...poolingLayer(settings.pooling, 's4'),
      'flatten',
      ...dense('c5', 120),
      ...dense('f6', 84),
      ...dropout(rate),
      { dense: { units: classes } },
    ];
  },
};
