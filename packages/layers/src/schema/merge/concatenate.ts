import { z } from 'zod';
import { type LayerDescriptor, ShapeError } from '../descriptor.ts';
import { formatShape, severalInputs } from '../inputs.ts';

export const concatenateArgs = z.strictObject({
  axis: z.literal(-1).default(-1).describe('The axis along which inputs are joined: the last, the channels.'),
});
export type ConcatenateArgs = z.infer<typeof concatenateArgs>;

/** The channels of all inputs, one after another. */
export const concatenate: LayerDescriptor<ConcatenateArgs> = {
  type: 'concatenate',
  className: 'Concatenate',
  summary: 'The channels of several inputs, one after another.',
  args: concatenateArgs,
  inputs: 'several',
  outputShape(_, inputs) {
    const shapes = severalInputs('concatenate', inputs);
    const [first] = shapes;
    const places = first.slice(0, -1);
    const other = shapes.find((shape) => formatShape(shape.slice(0, -1)) !== formatShape(places));
    if (other !== undefined) {
      throw new ShapeError(
        `concatenate: inputs must be equal but for their channels; received ${formatShape(first)} and ${formatShape(other)}. Use padding "same" and equal strides in all branches.`,
      );
    }
    return [...places, shapes.reduce((sum, shape) => sum + (shape.at(-1) ?? 0), 0)];
  },
  weights: () => [],
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};
