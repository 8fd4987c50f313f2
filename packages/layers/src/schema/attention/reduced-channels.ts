import { z } from 'zod';

/** How many times fewer channels the inside of an attention layer has. */
export const reductionArg = (byDefault: number) =>
  z.int().min(1).default(byDefault).describe('Channels of the input for each channel inside, rounded up.');

/** ⌈channels / reduction⌉: at least one. */
export function reducedChannels(channels: number, reduction: number): number {
  return Math.ceil(channels / reduction);
}
