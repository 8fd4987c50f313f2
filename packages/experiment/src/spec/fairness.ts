import { didYouMean } from './did-you-mean.ts';
import type { OriginMap } from './origin.ts';
import type { SpecProblem } from './problem.ts';

/**
 * Checks that variants differ in `training` and `match` only where `unfair` says so, and that `unfair` says no more than that.
 *
 * @param origins Of the whole study: what each variant writes itself stands under `variants`.
 * @param unfair Paths such as `training.epochs`; one stands for everything under it.
 */
export function checkFairness(
  names: readonly string[],
  unfair: readonly string[],
  origins: OriginMap,
  problems: SpecProblem[],
): void {
  const overridden = new Set<string>();
  for (const name of names) {
    const base = ['variants', name];
    const own = ['training', 'match'].flatMap((part) => leaves(origins.read([...base, part]), [part]));
    for (const path of own) {
      const text = path.join('.');
      overridden.add(text);
      if (unfair.some((allowed) => covers(allowed, text))) continue;
      const at = [...base, ...path];
      const message = `variants are ${path[0] === 'match' ? 'matched' : 'trained'} alike, so a variant can't change ${text}. If that difference is meant, list it: \`unfair: [${text}]\`.`;
      problems.push({ message, origin: origins.get(at)?.key ?? origins.pointAt(at) });
    }
  }
  for (const [index, path] of unfair.entries()) {
    const at = ['unfair', index];
    if (origins.isUnresolved(at) || [...overridden].some((text) => covers(path, text))) continue;
    const message = `unfair: no variant changes "${path}"${didYouMean(path, overridden, 'changed paths')}`;
    problems.push({ message, origin: origins.pointAt(at) });
  }
}

function covers(allowed: string, path: string): boolean {
  return path === allowed || path.startsWith(`${allowed}.`);
}

/** Paths to what is no map; lists count as one value, because they replace each other whole, and null deletes. */
function leaves(value: unknown, path: string[]): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value === undefined ? [] : [path];
  return Object.entries(value).flatMap(([key, part]) => leaves(part, [...path, key]));
}
