import type { ArchitectureProblem } from '@ablate/architectures/schema';
import { closest, didYouMean } from './did-you-mean.ts';
import type { OriginMap, SpecPath } from './origin.ts';
import type { SpecProblem } from './problem.ts';
import { zodProblems } from './zod-problems.ts';

/**
 * What is wrong with a network, at the places of the file. Values whose own problem is already reported (a variable
 * that is not there) are passed over.
 *
 * @param base Where the architecture stands in the object that `origins` maps.
 */
export function architectureProblems(
  found: readonly ArchitectureProblem[],
  origins: OriginMap,
  base: SpecPath,
): SpecProblem[] {
  const misspelt = misspeltForm(origins, base);
  if (misspelt !== null) return [misspelt];
  return found.flatMap(({ path, message, at: part, unknown, zod, schema }): SpecProblem[] => {
    const at = [...base, ...path];
    if (zod !== undefined) return zodProblems(zod, origins, at, schema === undefined ? {} : { schema });
    if (origins.isUnresolved(at)) return [];
    const key = part === 'key' ? origins.get(at)?.key : undefined;
    const origin = key ?? origins.pointAt(at);
    if (unknown !== undefined) {
      const { what, name, known } = unknown;
      return [{ message: `unknown ${what} "${name}"${didYouMean(name, known, `known ${what}s`)}`, origin }];
    }
    return [{ message: message.startsWith('must ') ? `${lastKey(at)}: ${message}` : message, origin }];
  });
}

/** An architecture has "layers" or a "name"; one with neither may have another key that was meant to be one. */
function misspeltForm(origins: OriginMap, base: SpecPath): SpecProblem | null {
  const value = origins.read(base);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const keys = Object.keys(value);
  if (keys.some((key) => FORMS.includes(key))) return null;
  const key = keys.find((other) => closest(other, FORMS) !== undefined);
  if (key === undefined) return null;
  const origin = origins.get([...base, key])?.key ?? origins.pointAt([...base, key]);
  return { message: `unknown key "${key}" in architecture${didYouMean(key, FORMS, 'known keys')}`, origin };
}

/** The keys that say which form an architecture has. */
const FORMS = ['layers', 'name'];

function lastKey(path: SpecPath): string {
  return path.findLast((step) => typeof step === 'string') ?? 'architecture';
}
