/**
 * Multilayer perceptron: flatten, then hidden layers `dense → [normalization] → activation`, dropout, and the logits.
 *
 * Source: the reference study's fully connected network, 784-64-BN-256-BN-dropout-10 with 70,090 trainable parameters.
 * Dense layers keep their bias also before a batch norm, where it has no effect, because the reference does.
 */
import { z } from 'zod';
import type { AuthoredLayer, Family } from './family.ts';
import { activated, activationLayer, dropout, named, plainNorm, scaled } from './family-layers.ts';
import { dropoutRate, hiddenActivation, layerOption, widthMultiplier } from './family-options.ts';

const options = z.strictObject({
  name: z.literal('mlp'),
  units: z.array(z.int().min(1)).min(1).default([64, 256]).describe('Width of each hidden layer.'),
  activation: hiddenActivation,
  batchNorm: z.boolean().default(false).describe('Batch normalization between each hidden layer and its activation.'),
  norm: layerOption(['batch', 'layer', 'none'])
    .optional()
    .describe('Normalization there: batch, layer, none, or a layer. Left out: what batchNorm says.'),
  widthMultiplier,
  dropout: dropoutRate.default(0),
});

export const mlp: Family<z.infer<typeof options>> = {
  summary: 'Fully connected layers, with normalization and dropout if wanted.',
  options,
  layers({ units, activation, batchNorm, norm, widthMultiplier: multiplier, dropout: rate }, { classes }) {
    const normalization = plainNorm(norm ?? (batchNorm ? 'batch' : 'none'), 1);
    const hidden = units.flatMap((width): AuthoredLayer[] => {
      const scaledWidth = scaled(width, multiplier);
      if (normalization === 'none') return activated('dense', { units: scaledWidth }, activation);
      return [{ dense: { units: scaledWidth } }, ...named(normalization), ...activationLayer(activation)];
    });
    return ['flatten', ...hidden, ...dropout(rate), { dense: { units: classes } }];
  },
};
