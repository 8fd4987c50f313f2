import type { LayerCase, ReferenceGiven, NdArray } from '@ablate/layers/contract';
import type { Shape } from '@ablate/layers/schema';

/** What the contract tries a layer with, and what it computes. */
export interface SubjectCases {
  // Each reference knows its own arguments; the descriptor has checked them.
  reference: (given: ReferenceGiven<never>) => NdArray;
  cases: LayerCase[];
  /** More of them, for the deep tier. */
  deep?: LayerCase[];
}

export const image: Shape = [6, 7, 3];

export function cases(inputs: Shape | Shape[], ...args: Record<string, unknown>[]): LayerCase[] {
  const shapes = (typeof inputs[0] === 'number' ? [inputs] : inputs) as Shape[];
  return args.map((one) => ({ args: one, inputs: shapes }));
}
