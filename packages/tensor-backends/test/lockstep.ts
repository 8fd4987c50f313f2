import { joinCollective, soleReplica } from '../src/index.ts';

/**
 * Runs replicas one after the other as if they ran together: once more for each sum, with the sums found before. Each
 * must do the same whenever it is called.
 */
export function lockstep<T>(replicas: readonly (() => T)[]): T[] {
  const known: Float64Array[] = [];
  try {
    for (;;) {
      const calls: Float64Array[][] = replicas.map(() => []);
      const results = replicas.map((run, index) => {
        const own = calls[index]!;
        joinCollective({
          index,
          count: replicas.length,
          sum(values) {
            const total = known[own.length];
            own.push(values.slice());
            if (total !== undefined) values.set(total);
          },
        });
        return run();
      });
      const next = calls.map((own) => own[known.length]);
      if (next.every((values) => values === undefined)) return results;
      known.push(summed(next));
    }
  } finally {
    joinCollective(soleReplica);
  }
}

function summed(parts: readonly (Float64Array | undefined)[]): Float64Array {
  const [first, ...others] = parts;
  const total = Float64Array.from(first ?? []);
  for (const values of others) {
    if (values?.length !== total.length) throw new Error('lockstep: replicas must sum equally often and equally much.');
    for (const [i, value] of values.entries()) total[i] = total[i]! + value;
  }
  return total;
}
