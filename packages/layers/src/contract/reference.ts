import { LAYER_NAME, trainingKwargs } from './bench-model.ts';
import { ContractError } from './check-result.ts';
import type { LayerSubject } from './layer-subject.ts';
import type { NdArray } from './nd-array.ts';

/** What the reference makes of inputs and weights, and how many products it counted. */
export function referenceOf(
  subject: LayerSubject,
  args: Record<string, unknown>,
  inputs: readonly NdArray[],
  weights: Readonly<Record<string, NdArray>>,
  training: boolean,
): { y: NdArray; macs: number } {
  let macs = 0;
  const multiply = (a: number, b: number) => {
    macs++;
    return a * b;
  };
  const { random } = trainingKwargs;
  const y = subject.reference?.({ args, inputs, weights, training, random, name: LAYER_NAME, multiply });
  if (y === undefined) throw new ContractError('there must be a reference.');
  return { y, macs };
}
