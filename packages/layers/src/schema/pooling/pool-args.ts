import { z } from 'zod';
import { pairArg } from '../pair.ts';
import { paddingArg, type Window } from '../window.ts';

/** Arguments of maxPooling2d and averagePooling2d. */
export const poolArgs = z.strictObject({
  poolSize: pairArg.default(2).describe('Height and width of the window in pixels, or one number for both.'),
  strides: pairArg.nullable().default(null).describe('Pixels between neighbouring windows; null is poolSize.'),
  padding: paddingArg,
});
export type PoolArgs = z.infer<typeof poolArgs>;

export function poolWindow({ poolSize, strides, padding }: PoolArgs): Window {
  return { size: poolSize, strides: strides ?? poolSize, dilation: 1, padding };
}
