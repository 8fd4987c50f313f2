import { decide, pairedDifference } from '@ablate/analysis/schema';
import type { Claim } from '../spec/claims.ts';
import { describeMetric } from '../spec/metrics.ts';
import type { JudgedClaim } from './comparison.ts';
import { type MeasuredRun, metricValue } from './metric-value.ts';

/**
 * Judges a claim by the finished runs of its two variants, paired by seed: d = better − than for each seed that both
 * have. Held: the interval of the mean of d lies wholly beyond `by`, on the better side; not held: wholly short of it;
 * undecided: neither, or there is no interval. A metric that no seed changes is compared as it is.
 */
export function judgeClaim(claim: Claim, records: readonly MeasuredRun[]): JudgedClaim {
  const { metric, better, than, by, level } = claim;
  const { better: direction, exact } = describeMetric(metric);
  const ours = valuesOf(better, claim, records);
  const theirs = valuesOf(than, claim, records);
  const seeds = [...ours.keys()].filter((seed) => theirs.has(seed)).sort((a, b) => a - b);
  if (seeds.length === 0) {
    const reason = `no seed has a finished run of both variants with ${metric}`;
    return { ...claim, verdict: 'undecided', reason, difference: null };
  }
  const pick = (values: ReadonlyMap<number, number>) => seeds.map((seed) => values.get(seed) ?? Number.NaN);
  // What is tested is the difference beyond `by`.
  const least = direction === 'higher' ? by : -by;
  const beyond = pairedDifference(
    pick(ours),
    pick(theirs).map((value) => value + least),
    level,
  );
  const { pairs, p } = beyond;
  const shown = (value: number | null) => (value === null ? null : value + least);
  const difference = { mean: beyond.mean + least, low: shown(beyond.low), high: shown(beyond.high), p, pairs };
  if (exact === true) {
    const held = direction === 'higher' ? beyond.mean > 0 : beyond.mean < 0;
    return { ...claim, verdict: held ? 'held' : 'not held', difference };
  }
  const verdict = decide(beyond, direction === 'higher' ? 'greater' : 'less', level);
  if (verdict !== 'undecided') return { ...claim, verdict, difference };
  return { ...claim, verdict, reason: reasonOf(claim, difference), difference };
}

/** By seed. */
function valuesOf(variant: string, { metric }: Claim, records: readonly MeasuredRun[]): Map<number, number> {
  const values = new Map<number, number>();
  for (const record of records) {
    const { run } = record;
    const value = run.variant === variant && run.status === 'done' ? metricValue(metric, record) : undefined;
    if (value !== undefined) values.set(run.seed, value);
  }
  return values;
}

function reasonOf({ level, by }: Claim, { pairs, low }: NonNullable<JudgedClaim['difference']>): string {
  if (pairs === 1) return 'one seed does not say how much seeds differ; run at least two, as in `seeds: [1, 2, 3]`';
  if (low === null) return 'the difference is the same for every seed, so that its spread is not known';
  return `the ${Number((level * 100).toPrecision(6))} % interval of the difference holds ${by === 0 ? '0' : `the claimed ${by}`}`;
}
