import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyImage } from '../inputs.ts';
import { windowPlaces, windowView } from '../window.ts';
import { poolArgs, poolWindow } from './pool-args.ts';

const type = 'lpPooling2d';

export const lpPooling2dArgs = z.strictObject({
  ...poolArgs.shape,
  p: z.number().min(1).default(2).describe('Exponent: 1 is the sum of magnitudes, ∞ the greatest.'),
});
export type LpPooling2dArgs = z.infer<typeof lpPooling2dArgs>;

/** y = (Σ |x|^p)^(1/p) of each window (Sermanet et al. 2012); a sum, as in PyTorch's LPPool2d, not a mean. */
export const lpPooling2d: LayerDescriptor<LpPooling2dArgs> = {
  type,
  className: 'LpPooling2D',
  summary: 'The p-norm of each window.',
  args: lpPooling2dArgs,
  inputs: 'one',
  outputShape(args, inputs) {
    const image = onlyImage(type, inputs);
    return [...windowPlaces(type, 'poolSize', poolWindow(args), image), image[2]];
  },
  weights: () => [],
  macs: () => 0,
  view: (args) => windowView(poolWindow(args)),
};
