import { z } from 'zod';
import type { LayerDescriptor } from '../descriptor.ts';
import { onlyImage } from '../inputs.ts';

const pixels = z.int().min(0);
const two = z.tuple([pixels, pixels]);

export const zeroPadding2dArgs = z.strictObject({
  padding: z
    .union([pixels, two, z.tuple([two, two])])
    .default(1)
    .describe('Pixels on each side: n, [height, width], or [[top, bottom], [left, right]].'),
});
export type ZeroPadding2dArgs = z.infer<typeof zeroPadding2dArgs>;

/** A frame of zeros around an image. */
export const zeroPadding2d: LayerDescriptor<ZeroPadding2dArgs> = {
  type: 'zeroPadding2d',
  className: 'ZeroPadding2D',
  summary: 'A frame of zeros around an image.',
  args: zeroPadding2dArgs,
  inputs: 'one',
  outputShape({ padding }, inputs) {
    const [height, width, channels] = onlyImage('zeroPadding2d', inputs);
    const [[top, bottom], [left, right]] = sides(padding);
    return [height + top + bottom, width + left + right, channels];
  },
  weights: () => [],
  macs: () => 0,
  view({ padding }) {
    const [[top], [left]] = sides(padding);
    return { kind: 'window', size: [1, 1], strides: [1, 1], dilation: [1, 1], padding: [top, left] };
  },
};

type Sides = [[top: number, bottom: number], [left: number, right: number]];

/** `padding` in its longest form. */
export function sides(padding: ZeroPadding2dArgs['padding']): Sides {
  const [vertical, horizontal] = typeof padding === 'number' ? [padding, padding] : padding;
  return [both(vertical), both(horizontal)];
}

function both(side: number | [number, number]): [number, number] {
  return typeof side === 'number' ? [side, side] : side;
}
