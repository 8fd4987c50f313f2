import type { ActivationRecord, GradientFlow } from '@ablate/analysis/schema';
import type { JsonValue } from '@ablate/training/schema';

/* A probe's value is any JSON to the training; these are what this package's probes make (node/training-probes.ts). */

/** Of `gradient-flow`. */
export function weightFlowsOf(value: JsonValue): GradientFlow['weights'] {
  return value as unknown as GradientFlow['weights'];
}

/** Of `activations`. */
export function activationsOf(value: JsonValue): Omit<ActivationRecord, 'step'> {
  return value as unknown as Omit<ActivationRecord, 'step'>;
}
