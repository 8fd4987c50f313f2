import { z } from 'zod';
import { type LayerDescriptor, type Shape, ShapeError } from '../descriptor.ts';
import { onlyImage } from '../inputs.ts';
import { scaleAndCenter, scaleAndCenterOptions } from './scale-and-center.ts';

const type = 'groupNormalization';

export const groupNormalizationArgs = z.strictObject({
  groups: z.int().min(1).default(32).describe('Number of groups of neighbouring channels; it divides the channels.'),
  epsilon: z.number().positive().default(1e-3).describe('Added to the variance.'),
  ...scaleAndCenterOptions,
});
export type GroupNormalizationArgs = z.infer<typeof groupNormalizationArgs>;

/**
 * y = gamma · (x − mean) / √(variance + epsilon) + beta, the statistics over the pixels and channels of each group of
 * each example (Wu and He 2018). One group is layer norm over the image; as many as channels, instance norm.
 */
export const groupNormalization: LayerDescriptor<GroupNormalizationArgs> = {
  type,
  className: 'GroupNormalization',
  summary: 'Brings groups of channels of each example to mean beta and deviation gamma.',
  args: groupNormalizationArgs,
  inputs: 'one',
  outputShape(args, inputs) {
    channelsOf(args, inputs);
    return onlyImage(type, inputs);
  },
  weights: (args, inputs) => scaleAndCenter(args, channelsOf(args, inputs)),
  macs: () => 0,
  view: () => ({ kind: 'global' }),
};

function channelsOf({ groups }: GroupNormalizationArgs, inputs: readonly Shape[]): number {
  const [, , channels] = onlyImage(type, inputs);
  if (channels % groups !== 0) {
    throw new ShapeError(
      `${type}: channels (=${channels}) must be divisible by groups (=${groups}). Use fewer groups or another number of channels.`,
    );
  }
  return channels;
}
