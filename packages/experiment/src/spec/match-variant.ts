import { type Graph, type MatchedWidths, matchWidths } from '@ablate/architectures/schema';
import { z } from 'zod';
import type { OriginMap } from './origin.ts';
import { formatPlace, type SpecProblem } from './problem.ts';
import { zodProblems } from './zod-problems.ts';

/** What every variant's network must cost. */
export const matchSchema = z
  .strictObject({
    parameters: z
      .int()
      .min(1)
      .optional()
      .describe('Trainable parameters that every network is brought to by changing its widths.'),
    macs: z
      .int()
      .min(1)
      .optional()
      .describe('Multiply-accumulates of one example that every network is brought to by changing its widths.'),
    tolerance: z
      .number()
      .min(0)
      .lt(1)
      .default(0.02)
      .describe('How far from that a network may end, as a share of it, in [0, 1).'),
  })
  .superRefine(({ parameters, macs }, context) => {
    if ((parameters === undefined) !== (macs === undefined)) return;
    const received = parameters === undefined ? 'neither' : 'both';
    context.addIssue({ code: 'custom', message: `must have "parameters" or "macs"; received ${received}` });
  })
  .describe('Brings the networks of all variants to the same cost, so that what differs is what is studied.');

/** How a variant's network came to its cost: plain JSON. */
export interface VariantMatch extends Omit<MatchedWidths, 'graph'> {
  measure: 'parameters' | 'macs';
  tolerance: number;
}

/** A variant's network after `match`; `match` is null where there is none. */
export interface MatchedVariant {
  graph: Graph;
  match: VariantMatch | null;
}

/**
 * Changes the widths of a variant's network as `match` says; null, with a problem at the architecture, where it can't.
 *
 * @param origins Of the variant, laid over the study's `match` where it has one of its own.
 * @param study Origins of the whole study.
 */
export function matchVariant(
  name: string,
  graph: Graph,
  origins: OriginMap,
  study: OriginMap,
  problems: SpecProblem[],
): MatchedVariant | null {
  const own = study.read(['variants', name, 'match']) !== undefined;
  const source = own ? origins : study;
  const written = source.read(['match']);
  if (written === undefined || written === null) return { graph, match: null };
  const parsed = matchSchema.safeParse(written);
  if (!parsed.success) {
    // The study's own is checked with the study.
    if (own) problems.push(...zodProblems(parsed.error, origins, ['match'], { schema: matchSchema }));
    return null;
  }
  const { parameters, macs, tolerance } = parsed.data;
  const measure = parameters === undefined ? 'macs' : 'parameters';
  const target = parameters ?? macs ?? 0;
  const found = matchWidths(
    graph,
    measure === 'macs' ? { macs: target, tolerance } : { parameters: target, tolerance },
  );
  if (found.graph !== null) {
    const { graph: matched, ...rest } = found;
    return { graph: matched, match: { measure, tolerance, ...rest } };
  }
  const what = measure === 'macs' ? 'MACs' : 'parameters';
  const message = `match (${formatPlace(source.pointAt(['match']))}): no widths bring this network to ${count(target)} ${what} within ${percent(tolerance)}; the nearest is ${count(found.nearest)}: ${found.reason}. Change the network, the target or the tolerance.`;
  problems.push({ message, origin: origins.pointAt(['architecture']) });
  return null;
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
