import { type Batch, readBatch } from './batch.ts';
import type { Examples } from './examples.ts';
import { microBatches } from './gradient-sum.ts';
import { type Replica, shardOf } from './replica.ts';

/** Rows of a step's batch that a replica computes at once. */
export interface StepPart {
  /** Row of the whole batch at which it starts. */
  row: number;
  batch: Batch;
}

/** Where in a run a batch stands. */
export interface BatchPlace {
  seed: number;
  /** From 1. */
  epoch: number;
}

/**
 * Reads what a replica has of a batch: of each micro-batch its part. Micro-batches are those of the whole batch, so that
 * every replica has as many, and what is computed over a micro-batch doesn't depend on the number of replicas.
 *
 * @param indices Of the whole batch.
 */
export function readParts(
  train: Examples,
  indices: Uint32Array,
  replica: Pick<Replica, 'index' | 'count'>,
  accumulate: number,
  { seed, epoch }: BatchPlace,
): StepPart[] {
  return microBatches(indices.length, accumulate).map(([start, end]) => {
    const [from, to] = shardOf(end - start, replica);
    const row = start + from;
    return { row, batch: readBatch(train, indices.subarray(row, start + to), { seed, epoch }) };
  });
}
