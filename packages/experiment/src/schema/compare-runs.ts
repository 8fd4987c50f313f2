import { meanInterval, summarize } from '@ablate/analysis/schema';
import type { Graph } from '@ablate/architectures/schema';
import { datasetFacts } from '@ablate/datasets/schema';
import { canonicalJson } from '../plan/canonical-json.ts';
import type { Plan } from '../plan/plan.ts';
import type { MetricName } from '../spec/metrics.ts';
import type { ComparedVariant, Comparison, Estimate, RunEnvironment } from './comparison.ts';
import { judgeClaim } from './judge-claim.ts';
import { metricValue, type RunRecord } from './metric-value.ts';
import { runNotes } from './run-notes.ts';
import type { RunResult, Timings } from './results.ts';

/** Confidence level of the intervals in a comparison. */
const LEVEL = 0.95;

/**
 * The comparison of a plan's variants, and what becomes of its claims, from the runs there are, in any order. Only finished runs count for metrics and
 * times; a variant without one has none.
 *
 * @throws RangeError for a run of a variant that the plan does not have.
 */
export function compareRuns(
  plan: Pick<Plan, 'name' | 'title' | 'dataset' | 'images' | 'variants' | 'unfair' | 'claims'>,
  outcomes: readonly RunRecord[],
): Comparison {
  for (const { run } of outcomes) {
    if (plan.variants.some(({ name }) => name === run.variant)) continue;
    throw new RangeError(`compareRuns: runs must belong to variants of "${plan.name}"; received "${run.variant}".`);
  }
  return {
    version: 1,
    experiment: plan.name,
    title: plan.title,
    data: { name: plan.dataset.name, ...datasetFacts(plan.dataset, plan.images).counts },
    environments: environmentsOf(outcomes),
    unfair: plan.unfair,
    variants: plan.variants.map((variant) =>
      compareVariant(
        variant,
        outcomes.filter(({ run }) => run.variant === variant.name),
      ),
    ),
    claims: plan.claims.map((claim) => judgeClaim(claim, outcomes)),
  };
}

/** What computed the finished runs, each once, in the order of the runs. */
function environmentsOf(outcomes: readonly RunRecord[]): RunEnvironment[] {
  const found = new Map<string, RunEnvironment>();
  for (const { run } of outcomes) {
    if (run.status !== 'done') continue;
    const { machine, backend, config, versions } = run;
    const environment = { machine, backend: backend.name, workers: config.workers, versions };
    found.set(canonicalJson(environment), environment);
  }
  return [...found.values()];
}

function compareVariant(
  { name, title, graph, summary }: Plan['variants'][number],
  outcomes: readonly RunRecord[],
): ComparedVariant {
  const count = (status: RunResult['status']) => outcomes.filter(({ run }) => run.status === status).length;
  const done = outcomes.filter(({ run }) => run.status === 'done').sort((a, b) => a.run.seed - b.run.seed);
  const estimateOf = (metric: MetricName) => estimate(done.flatMap((record) => metricValue(metric, record) ?? []));
  const timings = done.flatMap(({ timings }) => timings ?? []);
  const inference = inferenceOf(timings);
  const notes = done.flatMap(({ run }) => runNotes(run).map((note) => ({ seed: run.seed, note })));
  const training = done[0]?.run.config.training;
  return {
    name,
    title,
    parameters: summary.parameters,
    macs: summary.macs,
    receptiveField: receptiveFieldOf(graph),
    runs: { done: count('done'), stopped: count('stopped'), failed: count('failed') },
    seeds: done.map(({ run }) => run.seed),
    ...(notes.length > 0 && { notes }),
    ...present({
      epochs: training?.epochs,
      batchSize: training?.batchSize,
      lossSpikes: done.length === 0 ? undefined : done.map(({ run }) => run.lossSpikes?.length ?? 0),
      testAccuracy: estimateOf('testAccuracy'),
      testLoss: estimateOf('testLoss'),
      validationAccuracy: estimateOf('validationAccuracy'),
      trainAccuracy: estimateOf('trainAccuracy'),
      trainLoss: estimateOf('trainLoss'),
      runningAccuracy: estimateOf('runningAccuracy'),
      generalizationGap: estimateOf('generalizationGap'),
      macroAuc: estimateOf('macroAuc'),
      gradientRatio: estimateOf('gradientRatio'),
      expectedCalibrationError: estimateOf('expectedCalibrationError'),
      runsAtOnce: most(timings.flatMap(({ runsAtOnce }) => runsAtOnce ?? [])),
      trainSeconds: median(timings.map(({ trainSeconds }) => trainSeconds)),
      examplesPerSecond: median(timings.map(({ examplesPerSecond }) => examplesPerSecond)),
      inference,
    }),
  };
}

function receptiveFieldOf(graph: Graph): ComparedVariant['receptiveField'] {
  const field = summarize(graph).rows.at(-1)?.receptiveField;
  if (field === undefined) throw new Error('internal: a network has at least one layer.');
  const [height, width] = field.kind === 'global' ? field.before.size : field.size;
  return { size: [height, width], global: field.kind === 'global' };
}

function estimate(values: number[]): Estimate | undefined {
  if (values.length === 0) return undefined;
  const { mean, interval } = meanInterval(values, LEVEL);
  return { mean, ...(interval !== null && { low: interval[0], high: interval[1] }), values };
}

/** Medians over the runs that were timed; undefined where none was. */
function inferenceOf(timings: readonly Timings[]): ComparedVariant['inference'] {
  const measured = timings.flatMap(({ inference }) => inference ?? []);
  const [first] = measured;
  if (first === undefined) return undefined;
  const middle = (part: 'batch' | 'image') => {
    const of = (percentile: 'median' | 'p95' | 'p99') =>
      median(measured.map((inference) => inference[part][percentile])) ?? first[part][percentile];
    const noisy = measured.some((inference) => inference[part].noisy);
    return { median: of('median'), p95: of('p95'), p99: of('p99'), noisy };
  };
  return { batchSize: first.batchSize, batch: middle('batch'), image: middle('image') };
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  const lower = sorted[Math.ceil(middle) - 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

function most(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

/** Without the entries that are undefined. */
function present<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
