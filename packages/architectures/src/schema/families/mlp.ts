/**
 * Multilayer perceptron: flatten, then hidden layers `dense → [batch norm] → activation`, dropout, and the logits.
 *
 * Source: the reference study's fully connected network, 784-64-BN-256-BN-dropout-10 with 70,090 trainable parameters.
 * Dense layers keep their bias also before a batch norm, where it has no effect, because the reference does.
 */
import { z } from 'zod';
import { type AuthoredLayer, dropout, dropoutRate, type Family, hiddenActivation } from './family.ts';

const options = z.strictObject({
  name: z.literal('mlp'),
  units: z.array(z.int().min(1)).min(1).default([64, 256]).describe('Width of each hidden layer.'),
  activation: hiddenActivation,
  batchNorm: z.boolean().default(false).describe('Batch normalization between each hidden layer and its activation.'),
  dropout: dropoutRate.default(0),
});

export const mlp: Family<z.infer<typeof options>> = {
  summary: 'Fully connected layers, with batch norm and dropout if wanted.',
  options,
  layers({ units, activation, batchNorm, dropout: rate }, { classes }) {
    const hidden = units.flatMap((width): AuthoredLayer[] =>
      batchNorm
        ? [{ dense: { units: width } }, 'batchNormalization', { activation: { activation } }]
        : [{ dense: { units: width, activation } }],
    );
    return ['flatten', ...hidden, ...dropout(rate), { dense: { units: classes } }];
  },
};
