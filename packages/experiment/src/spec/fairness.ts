import { trainingSchema } from '@ablate/training/schema';
import type { z } from 'zod';
import { closest, didYouMean, isMisspelt } from './did-you-mean.ts';
import { matchSchema } from './match-variant.ts';
import type { OriginMap, SpecPath } from './origin.ts';
import type { SpecProblem } from './problem.ts';
import { knownKeys, schemasAt } from './schema-walk.ts';
import { variantDatasetSchema, variantSchema } from './study-schema.ts';

/**
 * Checks that variants differ in `training`, `match` and augmentation only where `unfair` says so, and that `unfair` says no more than that.
 *
 * @param origins Of the whole study: what each variant writes itself stands under `variants`.
 * Keys that nothing knows are reported elsewhere, and taken for those that they were meant to be.
 *
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
    const own = PARTS.flatMap((part) => leaves(origins.read([...base, part]), [part]));
    for (const path of own) {
      const text = path.join('.');
      if (!isKnown(path, origins, base)) {
        for (const allowed of unfair) if (closest(text, [allowed]) !== undefined) overridden.add(allowed);
        continue;
      }
      overridden.add(text);
      if (unfair.some((allowed) => covers(allowed, text))) continue;
      const at = [...base, ...path];
      const message = `variants are ${path[0] === 'match' ? 'matched' : 'trained'} alike, so a variant can't change ${text}. If that difference is meant, list it: \`unfair: [${text}]\`.`;
      problems.push({ message, origin: origins.get(at)?.key ?? origins.pointAt(at) });
    }
  }
  const misspelt = PARTS.filter((part) => names.some((name) => isMisspeltIn(part, name, origins)));
  for (const [index, path] of unfair.entries()) {
    const at = ['unfair', index];
    if (misspelt.some((part) => covers(part, path))) continue;
    if (origins.isUnresolved(at) || [...overridden].some((text) => covers(path, text))) continue;
    const message = `unfair: no variant changes "${path}"${didYouMean(path, overridden, 'changed paths')}`;
    problems.push({ message, origin: origins.pointAt(at) });
  }
}

/** What a variant may say otherwise than the study. */
const PARTS = ['training', 'match', 'dataset'] as const;

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  training: trainingSchema,
  match: matchSchema,
  dataset: variantDatasetSchema,
};

function isKnown([part = '', ...path]: readonly string[], origins: OriginMap, base: readonly string[]): boolean {
  const schema = SCHEMAS[part];
  if (schema === undefined) return false;
  const read = (inner: SpecPath) => {
    const at = [part, ...inner];
    return origins.read([...base, ...at]) ?? origins.read(at);
  };
  if (path.length === 0) return part !== 'dataset';
  return knownKeys(schemasAt(schema, path.slice(0, -1), read)).includes(path.at(-1) ?? '');
}

function isMisspeltIn(part: string, name: string, origins: OriginMap): boolean {
  const variant = origins.read(['variants', name]);
  if (typeof variant !== 'object' || variant === null) return false;
  return isMisspelt(part, Object.keys(variant), Object.keys(variantSchema.shape));
}

function covers(allowed: string, path: string): boolean {
  return path === allowed || path.startsWith(`${allowed}.`);
}

/** Paths to what is no map; lists count as one value, because they replace each other whole, and null deletes. */
function leaves(value: unknown, path: string[]): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value === undefined ? [] : [path];
  return Object.entries(value).flatMap(([key, part]) => leaves(part, [...path, key]));
}
