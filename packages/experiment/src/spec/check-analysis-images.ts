import type { AnalysisRequest } from './analyses.ts';
import type { OriginMap } from './origin.ts';
import type { SpecProblem } from './problem.ts';

/** Reports images that an analysis names and that the test set has not. @param count How many it has. */
export function checkAnalysisImages(
  requests: readonly AnalysisRequest[],
  count: number,
  origins: OriginMap,
  problems: SpecProblem[],
): void {
  const entries = origins.read(['analysis']);
  if (!Array.isArray(entries)) return;
  for (const { name, options } of requests) {
    const { images } = options;
    if (!Array.isArray(images)) continue;
    const index = entries.findIndex((entry) => typeof entry === 'object' && entry !== null && name in entry);
    for (const [at, image] of images.entries()) {
      if (typeof image !== 'number' || image < count) continue;
      const message = `${name}: images must be from 0 to ${count - 1}, the test set's last; received ${image}.`;
      problems.push({ message, origin: origins.pointAt(['analysis', index, name, 'images', at]) });
    }
  }
}
