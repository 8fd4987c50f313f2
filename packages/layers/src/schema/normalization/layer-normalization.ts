import { z } from 'zod';
import { type LayerDescriptor, ShapeError, type Shape } from '../descriptor.ts';
import { formatShape, onlyInput } from '../inputs.ts';
import { initializerArg } from '../initializers.ts';
import { scaleAndCenterOptions } from './scale-and-center.ts';

const type = 'layerNormalization';

export const layerNormalizationArgs = z.strictObject({
  axis: z.literal(-1).default(-1).describe('The axis that is normalised: the last, the channels.'),
  epsilon: z.number().positive().default(1e-3).describe('Added to the variance.'),
  ...scaleAndCenterOptions,
  betaInitializer: initializerArg('beta', 'zeros'),
  gammaInitializer: initializerArg('gamma', 'ones'),
});
export type LayerNormalizationArgs = z.infer<typeof layerNormalizationArgs>;

/**
 * y = gamma · (x − mean) / √(variance + epsilon) + beta, the statistics over the channels of each pixel of each example
 * (Ba et al. 2016).
 */
export const layerNormalization: LayerDescriptor<LayerNormalizationArgs> = {
  type,
  className: 'LayerNormalization',
  summary: 'Brings the channels of each pixel to mean beta and deviation gamma.',
  args: layerNormalizationArgs,
  inputs: 'one',
  outputShape(_, inputs) {
    channelsOf(inputs);
    return onlyInput(type, inputs);
  },
  weights({ scale, center, gammaInitializer, betaInitializer }, inputs) {
    const shape = [channelsOf(inputs)];
    return [
      ...(scale ? [{ name: 'gamma', shape, trainable: true, initializer: gammaInitializer }] : []),
      ...(center ? [{ name: 'beta', shape, trainable: true, initializer: betaInitializer }] : []),
    ];
  },
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};

function channelsOf(inputs: readonly Shape[]): number {
  const input = onlyInput(type, inputs);
  const channels = input.at(-1);
  if (channels === undefined || input.length > 3) {
    throw new ShapeError(`${type}: the input must have one to three axes; received ${formatShape(input)}. Flatten it.`);
  }
  return channels;
}
