import type { AnalysisRequest } from './analyses.ts';
import { writtenRequests } from './analysis-requests.ts';
import type { OriginMap } from './origin.ts';
import type { SpecProblem } from './problem.ts';

/** Reports images that an analysis names and that the test set has not. @param count How many it has. */
export function checkAnalysisImages(
  requests: readonly AnalysisRequest[],
  count: number,
  origins: OriginMap,
  problems: SpecProblem[],
): void {
  for (const { request, path } of writtenRequests(requests, origins)) {
    const { name, options } = request;
    const { images } = options;
    if (!Array.isArray(images)) continue;
    for (const [at, image] of images.entries()) {
      if (typeof image !== 'number' || image < count) continue;
      const message = `${name}: images must be from 0 to ${count - 1}, the test set's last; received ${image}.`;
      problems.push({ message, origin: origins.pointAt([...path, 'images', at]) });
    }
  }
}
