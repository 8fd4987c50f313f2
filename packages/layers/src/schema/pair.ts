import { z } from 'zod';

/** One number for both axes, or [height, width]. */
export type Pair = number | readonly [height: number, width: number];

/** [height, width] of what may be written as one number. */
export function pair(value: Pair): [height: number, width: number] {
  return typeof value === 'number' ? [value, value] : [value[0], value[1]];
}

const size = z.int().min(1);

/** Argument of whole numbers ≥ 1, written as `3` or `[3, 5]`. */
export const pairArg = z.union([size, z.tuple([size, size])]);
