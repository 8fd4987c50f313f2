import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { fansOf } from '../initializers.ts';
import { onlyImage } from '../inputs.ts';
import { pair } from '../pair.ts';
import { strideOrDilate, strideOrDilateFinding, windowPlaces, windowView } from '../window.ts';
import { conv2d, conv2dOptions, conv2dWindow } from './conv2d.ts';

const type = 'gatedConv2d';

export const gatedConv2dArgs = z.strictObject(conv2dOptions).refine(strideOrDilate, strideOrDilateFinding);
export type GatedConv2dArgs = z.infer<typeof gatedConv2dArgs>;

/**
 * y = activation(x ∗ K₁ + b₁) · sigmoid(x ∗ K₂ + b₂), the second a gate for each pixel and channel (Yu et al. 2019).
 * One kernel holds both: filters 0 … f − 1 the features, f … 2f − 1 the gates.
 */
export const gatedConv2d: LayerDescriptor<GatedConv2dArgs> = {
  type,
  className: 'GatedConv2D',
  summary: 'Convolution times a learned gate of each pixel and channel.',
  args: gatedConv2dArgs,
  inputs: 'one',
  width: 'filters',
  outputShape(args, inputs) {
    return [...windowPlaces(type, 'kernelSize', conv2dWindow(args), onlyImage(type, inputs)), args.filters];
  },
  weights(args, inputs) {
    const image = onlyImage(type, inputs);
    // Drawn as two kernels of `filters` each would be.
    const fans = fansOf([...pair(args.kernelSize), image[2], args.filters]);
    return conv2d.weights(both(args), [image]).map((weight) => ({ ...weight, fans }));
  },
  macs: (args, inputs) => conv2d.macs(both(args), [onlyImage(type, inputs)]),
  view: (args) => windowView(conv2dWindow(args)),
};

/** The convolution of features and gates. */
function both(args: GatedConv2dArgs): GatedConv2dArgs {
  return { ...args, filters: 2 * args.filters };
}
