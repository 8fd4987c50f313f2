import { z } from 'zod';
import { type LayerDescriptor, ShapeError } from '../descriptor.ts';
import { formatShape, severalInputs } from '../inputs.ts';

export const addArgs = z.strictObject({});

/** Element by element, the sum of inputs of one shape. */
export const add: LayerDescriptor = {
  type: 'add',
  className: 'Add',
  summary: 'The sum of several inputs of one shape.',
  args: addArgs,
  inputs: 'several',
  outputShape(_, inputs) {
    const [first, ...rest] = severalInputs('add', inputs);
    const other = rest.find((shape) => formatShape(shape) !== formatShape(first));
    if (other !== undefined) {
      throw new ShapeError(
        `add: all inputs must have one shape; received ${formatShape(first)} and ${formatShape(other)}. Give the shorter branch a conv2d with kernelSize 1 and the same filters and strides as the longer one.`,
      );
    }
    return first;
  },
  weights: () => [],
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};
