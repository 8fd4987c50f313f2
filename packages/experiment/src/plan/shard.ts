/** One of several parts of a plan's runs. */
export interface Shard {
  /** From 1. */
  index: number;
  count: number;
}

/**
 * The runs of a shard: those at places index − 1, index − 1 + count, … of the plan. Each run is in just one of the shards, whose
 * sizes differ by at most one; a variant's seeds are spread over them.
 */
export function shardRuns<Run>(runs: readonly Run[], { index, count }: Shard): Run[] {
  return runs.filter((_, place) => place % count === index - 1);
}
