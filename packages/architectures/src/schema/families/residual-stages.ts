import { z } from 'zod';
import type { AuthoredLayer } from './family.ts';
import {
  attention,
  dropoutRate,
  globalPooling,
  groups,
  hiddenActivation,
  norm,
  widthMultiplier,
} from './family-options.ts';

/** Blocks of one width; the first strides. */
export interface Stage {
  filters: number;
  blocks: number;
  strides: number;
}

/** Options of every network of residual blocks. */
export const residualOptions = {
  norm,
  groups,
  activation: hiddenActivation,
  widthMultiplier,
  attention,
  pooling: globalPooling,
  dropout: dropoutRate.default(0),
  dropPath: dropoutRate
    .default(0)
    .describe(
      'Share of examples whose main path is left out while training, in the last block; it falls evenly towards 0 at the first (stochastic depth).',
    ),
};

/** Where the shape changes, what the main path is added to. */
export const shortcutOption = (byDefault: 'padded' | 'projected') =>
  z
    .enum(['padded', 'projected', 'none'])
    .default(byDefault)
    .describe(
      'Where the shape changes: padded (strided, zeros as new channels: option A), projected (1×1 convolution: option B); none leaves all sums out.',
    );

/** The blocks of all stages, called `stage1_block1` and so on; `block` holds what all of them share. */
export function residualStages(
  stages: readonly Stage[],
  block: Record<string, unknown>,
  dropPath: number,
): AuthoredLayer[] {
  const count = stages.reduce((sum, { blocks }) => sum + blocks, 0);
  let place = 0;
  return stages.flatMap(({ filters, blocks, strides }, stage) =>
    Array.from({ length: blocks }, (_, index): AuthoredLayer => {
      place += 1;
      const rate = dropPath === 0 ? {} : { dropPath: (dropPath * place) / count };
      const name = `stage${stage + 1}_block${index + 1}`;
      return { residual: { ...block, name, filters, strides: index === 0 ? strides : 1, ...rate } };
    }),
  );
}
