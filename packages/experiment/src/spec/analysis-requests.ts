import type { AnalysisRequest } from './analyses.ts';
import type { OriginMap, SpecPath } from './origin.ts';

/** The requests of a study's `analysis` list, each with the path of its options; none where the list can't be read. */
export function writtenRequests(
  requests: readonly AnalysisRequest[],
  origins: OriginMap,
): { request: AnalysisRequest; path: SpecPath }[] {
  const entries = origins.read(['analysis']);
  if (!Array.isArray(entries)) return [];
  return requests.map((request) => {
    const index = entries.findIndex((entry) => typeof entry === 'object' && entry !== null && request.name in entry);
    return { request, path: ['analysis', index, request.name] };
  });
}
