import { directChecks, preciseChecks, winogradChecks } from './convolutions.ts';
import type { KernelCheck } from './check.ts';
import { elementwiseChecks } from './elementwise.ts';
import { functionChecks } from './functions.ts';
import { groupNormChecks } from './group-norm.ts';
import { normalizationChecks } from './normalization.ts';
import { optimizerChecks } from './optimizers.ts';
import { poolingChecks } from './pooling.ts';
import { productChecks } from './products.ts';
import { rectifierChecks } from './smooth-rectifiers.ts';
import { softmaxChecks } from './softmax.ts';

export type { KernelCheck, Sample } from './check.ts';

/** Of kernels that cpu has too. */
export const sharedChecks: KernelCheck[] = [
  ...productChecks,
  ...directChecks,
  ...poolingChecks,
  ...normalizationChecks,
  ...optimizerChecks,
  ...groupNormChecks,
  ...rectifierChecks,
  ...softmaxChecks,
];

/** Of every kernel of assembly/; those of `precise` where the backend was started so. */
export const wasmChecks: { precise: boolean; checks: KernelCheck[] }[] = [
  { precise: false, checks: [...sharedChecks, ...winogradChecks, ...elementwiseChecks, ...functionChecks] },
  { precise: true, checks: preciseChecks },
];
