import { z } from 'zod';
import { type LayerDescriptor, type Shape, ShapeError } from '../descriptor.ts';
import { onlyImage } from '../inputs.ts';

const type = 'channelPadding';

export const channelPaddingArgs = z.strictObject({
  channels: z.int().min(1).describe('Number of output channels; those that the input lacks are zero.'),
});
export type ChannelPaddingArgs = z.infer<typeof channelPaddingArgs>;

/** Zeros as new channels behind those of the image: the shortcut without parameters of He et al. 2015 (option A). */
export const channelPadding: LayerDescriptor<ChannelPaddingArgs> = {
  type,
  className: 'ChannelPadding',
  summary: 'Zeros as new channels, up to a number of them.',
  args: channelPaddingArgs,
  inputs: 'one',
  width: 'channels',
  outputShape({ channels }, inputs) {
    const [height, width] = imageOf(channels, inputs);
    return [height, width, channels];
  },
  weights: () => [],
  macs: () => 0,
  view: () => ({ kind: 'pointwise' }),
};

function imageOf(channels: number, inputs: readonly Shape[]): [height: number, width: number, channels: number] {
  const image = onlyImage(type, inputs);
  if (image[2] > channels) {
    throw new ShapeError(
      `${type}: channels (=${channels}) must be at least those of the input (=${image[2]}). Use a conv2d with kernelSize 1 to have fewer.`,
    );
  }
  return image;
}
