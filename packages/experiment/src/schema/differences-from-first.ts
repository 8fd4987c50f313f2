import {
  detectableDifference,
  holm,
  type PairedDifference,
  pairedDifference,
  stability,
} from '@ablate/analysis/schema';
import type { ComparedVariant, Comparison } from './comparison.ts';

/** How far a variant is from the first one of its study, over the seeds that both have. */
export interface DifferenceFromFirst extends PairedDifference {
  variant: string;
  /** `p` after Holm's correction for all variants that are compared here; null as `p` is. */
  corrected: number | null;
  /** The least true difference that as many seeds show four times in five, by the spread they had; null as `p` is. */
  detectable: number | null;
}

/** Metrics of which a comparison keeps the value of each seed. */
export type SeedMetric = 'testAccuracy' | 'testLoss' | 'trainAccuracy' | 'generalizationGap';

/**
 * Each variant against the first: paired t tests over seeds, corrected for their number. A study puts the variant first
 * that the others are measured by. Variants that share no seed with it are left out.
 */
export function differencesFromFirst(
  { variants }: Pick<Comparison, 'variants'>,
  metric: SeedMetric,
): DifferenceFromFirst[] {
  const [first, ...others] = variants;
  if (first === undefined) return [];
  const base = bySeed(first, metric);
  const found = others.flatMap((variant) => {
    const own = bySeed(variant, metric);
    const pairs = [...own].flatMap(([seed, value]) => {
      const reference = base.get(seed);
      return reference === undefined ? [] : [{ value, reference }];
    });
    if (pairs.length === 0) return [];
    const difference = pairedDifference(
      pairs.map(({ value }) => value),
      pairs.map(({ reference }) => reference),
    );
    const { std } = stability(pairs.map(({ value, reference }) => value - reference));
    const testable = difference.p !== null && std !== null;
    return [
      { variant: variant.name, ...difference, detectable: testable ? detectableDifference(std, pairs.length) : null },
    ];
  });
  const corrected = holm(found.flatMap(({ p }) => p ?? []));
  let place = 0;
  return found.map((difference) => ({
    ...difference,
    corrected: difference.p === null ? null : (corrected[place++] ?? null),
  }));
}

function bySeed(variant: ComparedVariant, metric: SeedMetric): Map<number, number> {
  const values = variant[metric]?.values ?? [];
  return new Map(
    values.flatMap((value, index) => {
      const seed = variant.seeds[index];
      return seed === undefined ? [] : [[seed, value] as const];
    }),
  );
}
