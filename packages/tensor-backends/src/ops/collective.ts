/**
 * Replicas of one model, each in a thread of its own with a part of every batch. What must be known of the whole batch
 * (the statistics of batch normalization) is summed over them.
 */
export interface Collective {
  /** From 0 to count − 1; replica 0 holds the first rows of each batch. */
  readonly index: number;
  readonly count: number;
  /**
   * Replaces `values` by their sum over all replicas, added in the order of the replicas: every replica gets the same
   * bits. All replicas must call it, with equal lengths, also one whose part of the batch is empty; it waits for them.
   */
  sum(values: Float64Array): void;
}

/** A model that is alone. */
export const soleReplica: Collective = { index: 0, count: 1, sum() {} };

let current: Collective = soleReplica;

/** What this thread's ops sum over. */
export function collective(): Collective {
  return current;
}

/** Makes this thread a replica; its ops then sum over `replicas` what belongs to the whole batch. */
export function joinCollective(replicas: Collective): void {
  current = replicas;
}
