import { z } from 'zod';
import type { AnalysisRequest } from './analyses.ts';
import { didYouMean } from './did-you-mean.ts';
import { describeMetric, metricNames } from './metrics.ts';
import type { OriginMap } from './origin.ts';
import { formatPlace, type SpecProblem } from './problem.ts';

/** What a study says will come out: that one variant is better than another in a metric. */
export const claimSchema = z
  .strictObject({
    metric: z.enum(metricNames).describe('What is compared; lower is better for losses, times and costs.'),
    better: z.string().min(1).describe('Name of the variant that is better.'),
    than: z.string().min(1).describe('Name of the variant that is worse.'),
    by: z
      .number()
      .min(0)
      .default(0)
      .describe("The least difference, in the metric's unit: 0.01 of an accuracy is one percentage point."),
    level: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.95)
      .describe('How sure it must be: the level of the confidence interval of the difference over seeds.'),
  })
  .describe('One variant is better than another in a metric.');
export type Claim = z.output<typeof claimSchema>;

/** A study's `claims`. */
export const claimsSchema = z
  .array(claimSchema)
  .describe('What the study says will come out; each claim is judged over the seeds once its variants are trained.');

/** What claims are about. */
export interface Claimable {
  /** The names of all variants; null where they may stand in another file. */
  variants: readonly string[] | null;
  /** Null where some of them can't be read: what a claim needs may be among those. */
  analysis: readonly AnalysisRequest[] | null;
  /** Share of the training set that is held back; null where the data set can't be used. */
  validation: number | null;
}

/**
 * Reports claims about variants that are not there, about a variant and itself, about what is not measured, and
 * repeated ones.
 *
 * @param claims Null for one that can't be read, which is reported elsewhere.
 */
export function checkClaims(
  claims: readonly (Claim | null)[],
  { variants, analysis, validation }: Claimable,
  origins: OriginMap,
  problems: SpecProblem[],
): void {
  const places = new Map<string, string>();
  for (const [index, claim] of claims.entries()) {
    if (claim === null) continue;
    const at = ['claims', index];
    const report = (key: keyof Claim, message: string) => {
      const path = [...at, key];
      if (!origins.isUnresolved(path)) problems.push({ message: `${key}: ${message}`, origin: origins.pointAt(path) });
    };
    const { metric, better, than } = claim;
    for (const key of ['better', 'than'] as const) {
      if (variants === null || variants.includes(claim[key])) continue;
      report(key, `unknown variant "${claim[key]}"${didYouMean(claim[key], variants, 'variants')}`);
    }
    if (better === than) report('than', `a variant can't be better than itself; received "${than}" twice.`);
    const { analysis: needed } = describeMetric(metric);
    if (needed !== undefined && variants !== null && analysis?.some(({ name }) => name === needed) === false) {
      report('metric', `${metric} is measured by the analysis "${needed}". Add it to \`analysis\`.`);
    }
    if (metric === 'validationAccuracy' && validation === 0) {
      report('metric', 'validationAccuracy needs a validation split, as in `dataset: { split: { validation: 0.1 } }`.');
    }
    const key = JSON.stringify([metric, better, than]);
    const first = places.get(key);
    if (first === undefined) places.set(key, formatPlace(origins.pointAt(at)));
    else {
      const message = `claims[${index}]: the claim is already made at ${first}. Keep one of them.`;
      problems.push({ message, origin: origins.pointAt(at) });
    }
  }
}
