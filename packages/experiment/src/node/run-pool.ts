/**
 * Does `work` for each item, at most `limit` of them at once: the next one, in order, starts as soon as one is done.
 * Resolves when all are.
 */
export async function forEachAtMost<T>(
  limit: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  // All lanes take from one queue.
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
}
