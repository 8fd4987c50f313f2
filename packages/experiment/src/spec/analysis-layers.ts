import type { AnalysisRequest } from './analyses.ts';
import { writtenRequests } from './analysis-requests.ts';
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
  for (const { request, path } of writtenRequests(requests, origins)) {
    for (const [option, layer] of layersOf(request.options)) {
      if (ids.has(layer)) continue;
      const message = `${request.name}: unknown layer "${layer}"${didYouMean(layer, ids, 'layers of the variants')}`;
      problems.push({ message, origin: origins.pointAt([...path, ...option]) });
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
