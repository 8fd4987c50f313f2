import type { AnalysisRequest } from './analyses.ts';
import { didYouMean } from './did-you-mean.ts';
import type { OriginMap, SpecPath } from './origin.ts';
import type { SpecProblem } from './problem.ts';

/** Reports layers that an analysis names and that no variant has. One that some variants lack is left out for those. */
export function checkAnalysisLayers(
  requests: readonly AnalysisRequest[],
  ids: ReadonlySet<string>,
  origins: OriginMap,
  problems: SpecProblem[],
): void {
  const entries = origins.read(['analysis']);
  if (!Array.isArray(entries)) return;
  for (const { name, options } of requests) {
    const index = entries.findIndex((entry) => typeof entry === 'object' && entry !== null && name in entry);
    for (const [path, layer] of layersOf(options)) {
      if (ids.has(layer)) continue;
      const message = `${name}: unknown layer "${layer}"${didYouMean(layer, ids, 'layers of the variants')}`;
      problems.push({ message, origin: origins.pointAt(['analysis', index, name, ...path]) });
    }
  }
}

/** Ids that options name, and where. */
function layersOf({ layers, layer }: Record<string, unknown>): [path: SpecPath, id: string][] {
  const several = Array.isArray(layers) ? layers.map((id: unknown, i): [SpecPath, unknown] => [['layers', i], id]) : [];
  return [...several, [['layer'], layer] as const].flatMap(([path, id]): [SpecPath, string][] =>
    typeof id === 'string' ? [[path, id]] : [],
  );
}
