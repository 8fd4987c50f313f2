/**
 * Pre-activation ResNets for small images: as the CIFAR ResNets, but normalization and activation stand before each
 * convolution, and once more before the pooling. 6n + 2 layers, or 9n + 2 with bottlenecks (164).
 *
 * Source: He et al. 2016, https://arxiv.org/abs/1603.05027. Shortcuts project by default where the shape changes, as in
 * the published counts that the tests hold it to; the paper's own networks pad (`shortcut: padded`).
 */
import { z } from 'zod';
import { cifarStages } from './cifar-resnet.ts';
import { variantsOf } from './family.ts';
import { normLayer, pooledHead, scaled } from './family-layers.ts';
import { preActivationEnds } from './pre-activation-ends.ts';
import { residualOptions, residualStages, shortcutOption } from './residual-stages.ts';

const options = z.strictObject({ ...residualOptions, shortcut: shortcutOption('projected') });

export const preResnets = variantsOf({
  variants: {
    'pre-resnet-20': { depth: 20, bottleneck: false },
    'pre-resnet-32': { depth: 32, bottleneck: false },
    'pre-resnet-44': { depth: 44, bottleneck: false },
    'pre-resnet-56': { depth: 56, bottleneck: false },
    'pre-resnet-110': { depth: 110, bottleneck: false },
    'pre-resnet-164': { depth: 164, bottleneck: true },
  },
  summary: ({ depth, bottleneck }) =>
    `Pre-activation ResNet of ${depth} layers for small images${bottleneck ? ', bottlenecks' : ''}.`,
  options,
  layers(
    { activation, widthMultiplier, pooling, dropout, dropPath, norm: kind, groups, ...block },
    { depth, bottleneck },
    { classes },
  ) {
    const norm = normLayer(kind, groups);
    const inside = cifarStages((depth - 2) / (bottleneck ? 9 : 6), widthMultiplier);
    const stages = bottleneck ? inside.map((stage) => ({ ...stage, filters: 4 * stage.filters })) : inside;
    const type = bottleneck ? 'preActivationBottleneck' : 'preActivation';
    const { stem, end } = preActivationEnds(scaled(16, widthMultiplier), norm, activation);
    return [
      ...stem,
      ...residualStages(stages, { kind: type, norm, activation, ...block }, dropPath),
      ...end,
      ...pooledHead(pooling, dropout, classes),
    ];
  },
});
