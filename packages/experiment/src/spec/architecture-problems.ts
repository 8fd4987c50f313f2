import type { ArchitectureProblem } from '@ablate/architectures/schema';
import { didYouMean } from './did-you-mean.ts';
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

function lastKey(path: SpecPath): string {
  return path.findLast((step) => typeof step === 'string') ?? 'architecture';
}
