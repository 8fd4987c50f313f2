import { z } from 'zod';
import { activationArg } from '../activations.ts';
import { type LayerDescriptor, type Shape, ShapeError } from '../descriptor.ts';
import { fansOf, initializerArg } from '../initializers.ts';
import { formatShape, onlyInput } from '../inputs.ts';
import { activityPenaltyArg, penaltyArg } from '../penalty.ts';

export const denseArgs = z.strictObject({
  units: z.int().min(1).describe('Number of outputs.'),
  activation: activationArg,
  useBias: z.boolean().default(true).describe('Add a learned number to each output.'),
  kernelInitializer: initializerArg('kernel', 'glorotUniform'),
  biasInitializer: initializerArg('bias', 'zeros'),
  kernelRegularizer: penaltyArg('kernel'),
  biasRegularizer: penaltyArg('bias'),
  activityRegularizer: activityPenaltyArg,
});
export type DenseArgs = z.infer<typeof denseArgs>;

/** y = activation(x · kernel + bias); kernel [inputs, units]. */
export const dense: LayerDescriptor<DenseArgs> = {
  type: 'dense',
  className: 'Dense',
  summary: 'Fully connected: every output is a weighted sum of all inputs.',
  args: denseArgs,
  inputs: 'one',
  width: 'units',
  outputShape({ units }, inputs) {
    inputLength(inputs);
    return [units];
  },
  weights({ units, useBias, ...args }, inputs) {
    const shape = [inputLength(inputs), units];
    const bias = {
      name: 'bias',
      shape: [units],
      trainable: true,
      initializer: args.biasInitializer,
      fans: fansOf(shape),
      penalty: args.biasRegularizer,
    };
    return [
      {
        name: 'kernel',
        shape,
        trainable: true,
        initializer: args.kernelInitializer,
        penalty: args.kernelRegularizer,
      },
      ...(useBias ? [bias] : []),
    ];
  },
  macs: ({ units }, inputs) => inputLength(inputs) * units,
  view: () => ({ kind: 'global' }),
};

function inputLength(inputs: readonly Shape[]): number {
  const input = onlyInput('dense', inputs);
  const [length] = input;
  if (length === undefined || input.length > 1) {
    throw new ShapeError(
      `dense: the input must be one row of numbers [n]; received ${formatShape(input)}. Put flatten or globalAveragePooling2d before it.`,
    );
  }
  return length;
}
