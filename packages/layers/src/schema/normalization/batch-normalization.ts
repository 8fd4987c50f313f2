import { z } from 'zod';
import { type LayerDescriptor, type Shape, ShapeError } from '../descriptor.ts';
import { initializerArg } from '../initializers.ts';
import { formatShape, onlyInput } from '../inputs.ts';

export const batchNormalizationArgs = z.strictObject({
  axis: z.literal(-1).default(-1).describe('The axis that keeps its own statistics: the last, the channels.'),
  momentum: z.number().min(0).max(1).default(0.99).describe('Share of the moving statistics that each step keeps.'),
  epsilon: z.number().positive().default(1e-3).describe('Added to the variance.'),
  center: z.boolean().default(true).describe('Add a learned beta to each channel.'),
  scale: z.boolean().default(true).describe('Multiply each channel by a learned gamma.'),
  betaInitializer: initializerArg('beta', 'zeros'),
  gammaInitializer: initializerArg('gamma', 'ones'),
});
export type BatchNormalizationArgs = z.infer<typeof batchNormalizationArgs>;

/**
 * y = gamma · (x − mean) / √(variance + epsilon) + beta for each channel (Ioffe and Szegedy 2015): the batch's
 * statistics while training, their moving averages otherwise.
 */
export const batchNormalization: LayerDescriptor<BatchNormalizationArgs> = {
  type: 'batchNormalization',
  className: 'BatchNormalization',
  summary: 'Brings each channel to mean beta and deviation gamma.',
  args: batchNormalizationArgs,
  inputs: 'one',
  outputShape(_, inputs) {
    channelsOf(inputs);
    return onlyInput('batchNormalization', inputs);
  },
  weights({ center, scale, betaInitializer, gammaInitializer }, inputs) {
    const shape = [channelsOf(inputs)];
    return [
      ...(scale ? [{ name: 'gamma', shape, trainable: true, initializer: gammaInitializer }] : []),
      ...(center ? [{ name: 'beta', shape, trainable: true, initializer: betaInitializer }] : []),
      { name: 'moving_mean', shape, trainable: false, initializer: 'zeros' },
      { name: 'moving_variance', shape, trainable: false, initializer: 'ones' },
    ];
  },
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};

function channelsOf(inputs: readonly Shape[]): number {
  const input = onlyInput('batchNormalization', inputs);
  const channels = input.at(-1);
  if (channels === undefined || input.length > 3) {
    throw new ShapeError(
      `batchNormalization: the input must have one to three axes; received ${formatShape(input)}. Flatten it.`,
    );
  }
  return channels;
}
