import type { Tensor } from '@tensorflow/tfjs-core';
import { type Collective, soleReplica as soleCollective } from '@ablate/tensor-backends';

/**
 * One of several copies of a model that train together: each runs the whole program on its part of every batch, and they
 * meet where something must be known of all. The same code trains a model that is alone.
 */
export interface Replica extends Collective {
  /** Whether this replica knows that the run is to stop; the others may learn of it a step later. */
  readonly stopRequested: boolean;
  /**
   * Replaces the values of float32 tensors, in place, by their sums over all replicas, added in the order of the
   * replicas. All must call it with tensors of equal sizes; it waits for them.
   */
  sumTensors(tensors: readonly Tensor[]): void;
}

/** A replica that is alone. */
export function soleReplica(signal?: AbortSignal): Replica {
  return {
    ...soleCollective,
    get stopRequested() {
      return signal?.aborted === true;
    },
    sumTensors() {},
  };
}

/** The part of `rows` rows that a replica takes: contiguous, in the replicas' order, sizes differing by at most one. */
export function shardOf(
  rows: number,
  { index, count }: Pick<Collective, 'index' | 'count'>,
): [start: number, end: number] {
  return [Math.floor((rows * index) / count), Math.floor((rows * (index + 1)) / count)];
}
