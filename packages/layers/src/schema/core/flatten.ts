import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyInput } from '../inputs.ts';

export const flattenArgs = z.strictObject({});

/** An image as one row of numbers, row-major: [height, width, channels] → [height · width · channels]. */
export const flatten: LayerDescriptor = {
  type: 'flatten',
  className: 'Flatten',
  summary: 'An image as one row of numbers.',
  args: flattenArgs,
  inputs: 'one',
  outputShape: (_, inputs) => [onlyInput('flatten', inputs).reduce((a, b) => a * b, 1)],
  weights: () => [],
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};
