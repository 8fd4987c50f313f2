import type { RandomStream } from '@ablate/random';

/**
 * Divides examples in two, the classes in proportion: exactly `count` are taken, of each class its share rounded down
 * or up (largest remainders first, then lower labels). Which ones is decided by `stream`.
 *
 * @param candidates Indices into `labels`; both results keep their order.
 */
export function takeStratified(
  labels: ArrayLike<number>,
  candidates: Uint32Array,
  count: number,
  stream: RandomStream,
): { taken: Uint32Array; rest: Uint32Array } {
  const quotas = shares(labels, candidates, count);
  const takes = new Uint8Array(candidates.length);
  for (const position of stream.permutation(candidates.length)) {
    const label = labels[candidates[position] as number] as number;
    const left = quotas.get(label) as number;
    if (left === 0) continue;
    takes[position] = 1;
    quotas.set(label, left - 1);
  }
  return {
    taken: candidates.filter((_, position) => takes[position] === 1),
    rest: candidates.filter((_, position) => takes[position] === 0),
  };
}

/** How many of each label to take. */
function shares(labels: ArrayLike<number>, candidates: Uint32Array, count: number): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const index of candidates) {
    const label = labels[index] as number;
    sizes.set(label, (sizes.get(label) ?? 0) + 1);
  }
  const exact = [...sizes].map(([label, size]) => {
    const product = size * count;
    const whole = Math.floor(product / candidates.length);
    return { label, whole, remainder: product % candidates.length };
  });
  let left = count - exact.reduce((sum, { whole }) => sum + whole, 0);
  const quotas = new Map<number, number>();
  for (const { label, whole } of exact.sort((a, b) => b.remainder - a.remainder || a.label - b.label)) {
    quotas.set(label, whole + (left > 0 ? 1 : 0));
    left = Math.max(0, left - 1);
  }
  return quotas;
}
