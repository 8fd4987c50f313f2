import { z } from 'zod';
import type { WeightSpec } from '../descriptor.ts';

/** Arguments of normalizations that end with gamma · x + beta for each channel. */
export const scaleAndCenterOptions = {
  center: z.boolean().default(true).describe('Add a learned beta to each channel.'),
  scale: z.boolean().default(true).describe('Multiply each channel by a learned gamma.'),
};

/** gamma from one, beta from zero, where they are asked for. */
export function scaleAndCenter({ scale, center }: { scale: boolean; center: boolean }, channels: number): WeightSpec[] {
  const shape = [channels];
  return [
    ...(scale ? [{ name: 'gamma', shape, trainable: true, initializer: 'ones' } as const] : []),
    ...(center ? [{ name: 'beta', shape, trainable: true, initializer: 'zeros' } as const] : []),
  ];
}
