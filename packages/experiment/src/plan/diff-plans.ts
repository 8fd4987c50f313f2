import { canonicalJson } from './canonical-json.ts';
import { type Difference, differences, formatDifference } from './differences.ts';
import type { Plan, PlanRun } from './plan.ts';
import { networkView } from './training-view.ts';

/** What two plans differ in. Titles, files, comments, the order of keys and how a thing is written don't count. */
export interface PlanDifferences {
  /** Of what all variants share: data, seeds, backend, workers, analyses, and training where every variant has that change. */
  shared: Difference[];
  variants: { name: string; change: 'added' | 'removed' | 'changed'; differences: Difference[] }[];
}

/** Compares what two studies come to, `before` and `after`. */
export function diffPlans(before: Plan, after: Plan): PlanDifferences {
  const names = [...new Set([...before.variants, ...after.variants].map(({ name }) => name))];
  const variants = names.map((name): PlanDifferences['variants'][number] => {
    const [old, now] = [variantView(before, name), variantView(after, name)];
    if (old === undefined || now === undefined) {
      return { name, change: old === undefined ? 'added' : 'removed', differences: [] };
    }
    return { name, change: 'changed', differences: differences(old, now) };
  });
  const kept = variants.filter(({ change }) => change === 'changed');
  // Of one variant among several it can't be said that all have its change.
  const comparable = kept.length > 1 || names.length === 1;
  const everywhere = (kept[0]?.differences ?? []).filter(
    ({ path }) =>
      comparable &&
      path.startsWith('training.') &&
      kept.every((variant) => variant.differences.some(sameAs(path, kept))),
  );
  for (const variant of kept) {
    variant.differences = variant.differences.filter(({ path }) => !everywhere.some((other) => other.path === path));
  }
  return {
    shared: [...differences(sharedView(before), sharedView(after)), ...everywhere],
    variants: variants.filter(({ change, differences: found }) => change !== 'changed' || found.length > 0),
  };
}

/** The differences as lines; none where there is no difference. */
export function formatPlanDifferences({ shared, variants }: PlanDifferences): string[] {
  const lines = shared.map(formatDifference);
  for (const { name, change, differences: found } of variants) {
    if (change === 'changed') lines.push(`variant ${name}:`, ...found.map((one) => `  ${formatDifference(one)}`));
    else lines.push(`variant ${name}: ${change}`);
  }
  return lines;
}

function sameAs(path: string, kept: PlanDifferences['variants']): (difference: Difference) => boolean {
  const text = (difference: Difference | undefined) => JSON.stringify([difference?.before, difference?.after]);
  const first = text(kept[0]?.differences.find((one) => one.path === path));
  return (difference) => difference.path === path && text(difference) === first;
}

function sharedView({ dataset, backend, workers, runs }: Plan): unknown {
  const [first] = runs;
  const analysis = first?.config.analysis.map(({ name, options }) => [name, options] as const) ?? [];
  const seeds = [...new Set(runs.map(({ seed }) => seed))].sort((a, b) => a - b);
  return { dataset, backend, workers, seeds, analysis: Object.fromEntries(analysis) };
}

function variantView(plan: Plan, name: string): unknown {
  const run: PlanRun | undefined = plan.runs.find(({ variant }) => variant === name);
  if (run === undefined) return undefined;
  const { training, graph, dataset } = run.config;
  const { augment } = dataset;
  const own = canonicalJson(augment ?? []) === canonicalJson(plan.dataset.augment ?? []) ? {} : { augment };
  return { training, ...own, network: networkView(graph) };
}
