import type { layers } from '@tensorflow/tfjs-layers';
import type { RandomPlace } from '../random-place.ts';
import type { LayerDescriptor, Shape } from '../schema/descriptor.ts';
import type { NdArray } from './nd-array.ts';

/** A layer to be checked. */
export interface LayerSubject<Args = Record<string, unknown>> {
  readonly descriptor: LayerDescriptor<Args>;
  /** The layer of complete arguments, with that name. Its class must be registered with tfjs, or be a stock one. */
  create(args: Args, name: string): layers.Layer;
  /** What it computes, in plain loops. Without it, forward values and MACs stay unchecked, and gradients are checked less closely. */
  reference?(given: ReferenceGiven<Args>): NdArray;
}

/** What a reference computes from. */
export interface ReferenceGiven<Args = Record<string, unknown>> {
  readonly args: Args;
  /** One for each input, batch first. */
  readonly inputs: readonly NdArray[];
  /** By the descriptor's names. */
  readonly weights: Readonly<Record<string, NdArray>>;
  readonly training: boolean;
  /** Where random numbers are drawn while training. */
  readonly random: RandomPlace;
  /** The layer's name. */
  readonly name: string;
  /** a · b, counted as one multiply-accumulate. Other products are written with `*`. */
  multiply(a: number, b: number): number;
}

/** Arguments and input shapes (without the batch) to try a layer with; small, for finite differences. */
export interface LayerCase {
  readonly args: Readonly<Record<string, unknown>>;
  readonly inputs: readonly Shape[];
}

/** The weight of that name. @throws Error if a reference asks for a weight that the layer has not. */
export function weightOf({ weights }: Pick<ReferenceGiven, 'weights'>, name: string): NdArray {
  const weight = weights[name];
  if (weight === undefined)
    throw new Error(`reference: there is no weight "${name}"; there are ${Object.keys(weights).join(', ')}.`);
  return weight;
}
