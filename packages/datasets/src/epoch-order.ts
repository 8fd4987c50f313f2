import { randomStream } from '@ablate/random';

/**
 * The order in which an epoch visits `count` examples: each once. It depends on seed and epoch alone, so variants of one
 * seed see the same batches, and a resumed run needs no earlier epoch.
 */
export function epochOrder(seed: number, epoch: number, count: number): Uint32Array {
  return randomStream(seed, `data/order/${epoch}`).permutation(count);
}
