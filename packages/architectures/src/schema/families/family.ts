import { activationNames } from '@ablate/layers/schema';
import { z } from 'zod';
import type { NetworkContext } from '../build-graph.ts';

/** A layer as it is written in a list. */
export type AuthoredLayer = string | Record<string, unknown>;

/** A named architecture: options, and the list of layers that they stand for. */
export interface Family<Options = Record<string, unknown>> {
  /** One line for lists and editors. */
  readonly summary: string;
  /** Strict object of the options, `name` among them, each described and with its default. */
  readonly options: z.ZodObject & z.ZodType<Options>;
  /** The layers, as a user would write them. */
  layers(options: Options, context: NetworkContext): AuthoredLayer[];
}

/** Activations that stand between layers. */
export const hiddenActivation = z
  .enum(activationNames)
  .exclude(['softmax'])
  .default('relu')
  .describe('Activation between the layers.');

/** Fraction of activations that are zeroed in training; 0 leaves the layer out. */
export const dropoutRate = z
  .number()
  .min(0)
  .lt(1)
  .describe('Fraction of activations zeroed in training, in [0, 1); 0 leaves dropout out.');

/** Side of a square window. */
export const kernelSize = z.int().min(1).default(3).describe('Height and width of the kernels.');

/** `dropout`, unless its rate is 0. */
export function dropout(rate: number): AuthoredLayer[] {
  return rate === 0 ? [] : [{ dropout: { rate } }];
}
