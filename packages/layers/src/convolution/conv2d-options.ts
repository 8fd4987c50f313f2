import type { z } from 'zod';
import type { conv2dArgs } from '../schema/convolution/conv2d.ts';

/** Arguments of a convolution as they are written, defaults left out. */
export type Conv2dOptions = z.input<typeof conv2dArgs>;
