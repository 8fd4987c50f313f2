import { expect, test } from 'vitest';
import { planStudy } from '../plan/plan.ts';
import { readStudy } from '../spec/read-study.ts';
import { compareRuns } from './compare-runs.ts';
import { comparisonSchema } from './comparison.ts';
import type { RunRecord } from './metric-value.ts';
import { type RunMetrics, runResultSchema, timingsSchema } from './results.ts';

const plan = planStudy(
  readStudy({
    file: 'widths.yaml',
    text: `spec: 1
dataset: { name: mnist }
seeds: [1, 2, 3]
variants:
  narrow: { title: Eight units, architecture: { name: mlp, units: [8] } }
  wide: { architecture: { name: mlp, units: [16] } }
  broken: { architecture: { name: mlp, units: [4] } }
`,
  }),
);

// Half the width of the interval: t(0.975, 2) · sd / √3 = 4.302652730 · 0.01 / √3 = 0.024841377 (t from tables).
test('means with 95 % intervals over seeds, medians of times, in the order of the study', () => {
  const outcomes = [
    outcome('wide', 2, 0.97, 30),
    outcome('narrow', 3, 0.9, 12),
    outcome('narrow', 1, 0.88, 10),
    outcome('narrow', 2, 0.89, 20),
    outcome('broken', 1, null),
  ];
  const comparison = compareRuns(plan, outcomes);
  expect(comparisonSchema.parse(JSON.parse(JSON.stringify(comparison)))).toEqual(comparison);
  const [narrow, wide, broken] = comparison.variants;
  expect(comparison).toMatchObject({ version: 1, experiment: 'widths', title: 'widths' });
  expect(narrow).toMatchObject({
    name: 'narrow',
    title: 'Eight units',
    parameters: { trainable: 784 * 8 + 8 + 8 * 10 + 10 },
    macs: 784 * 8 + 8 * 10,
    runs: { done: 3, stopped: 0, failed: 0 },
    seeds: [1, 2, 3],
    epochs: 10,
    batchSize: 64,
    trainSeconds: 12,
    examplesPerSecond: 1000 / 12,
    inference: {
      batchSize: 64,
      batch: { median: 12, p95: 24, p99: 36, noisy: true },
      image: { median: 1, p95: 2, p99: 3, noisy: false },
    },
    macroAuc: { mean: 0.75, values: [0.75, 0.75, 0.75] },
  });
  expect(narrow?.testAccuracy?.values).toEqual([0.88, 0.89, 0.9]);
  expect(narrow?.testAccuracy?.mean).toBeCloseTo(0.89, 12);
  expect(narrow?.testAccuracy?.low).toBeCloseTo(0.89 - 0.024841377, 8);
  expect(narrow?.testAccuracy?.high).toBeCloseTo(0.89 + 0.024841377, 8);
  expect(wide?.testAccuracy).toEqual({ mean: 0.97, values: [0.97] });
  expect(broken).toEqual({
    name: 'broken',
    title: 'broken',
    parameters: { trainable: 784 * 4 + 4 + 4 * 10 + 10, total: 784 * 4 + 4 + 4 * 10 + 10 },
    macs: 784 * 4 + 4 * 10,
    receptiveField: { size: [1, 1], global: true },
    runs: { done: 0, stopped: 0, failed: 1 },
    seeds: [],
  });
});

test('the median of an even number of runs is the mean of the middle two', () => {
  const { variants } = compareRuns(plan, [outcome('wide', 1, 0.9, 10), outcome('wide', 2, 0.9, 40)]);
  expect(variants[1]?.trainSeconds).toBe(25);
});

test('what is to know of finished runs is noted with their seeds; elsewhere there are no notes', () => {
  const spent = outcome('wide', 2, 0.9);
  spent.run.stopped = 'maxSteps';
  spent.run.config.training.maxSteps = 40;
  const comparison = compareRuns(plan, [outcome('wide', 1, 0.9), spent, outcome('narrow', 1, 0.9)]);
  expect(comparisonSchema.parse(comparison).variants.map(({ notes }) => notes)).toEqual([
    undefined,
    [{ seed: 2, note: 'budget reached: maxSteps (=40)' }],
    undefined,
  ]);
});

test('data, what computed the runs, each once, and the spikes of each run', () => {
  const far = outcome('wide', 3, 0.9);
  const leapt = outcome('narrow', 2, 0.9);
  const { data, environments, variants } = compareRuns(plan, [
    { ...leapt, run: { ...leapt.run, lossSpikes: [{ step: 60, loss: 9, expected: 1 }] } },
    outcome('narrow', 1, 0.9),
    outcome('wide', 1, 0.9),
    { ...far, run: { ...far.run, machine: { ...far.run.machine, cores: 64 } } },
    outcome('broken', 1, null),
  ]);
  expect(data).toEqual({ name: 'mnist', train: 60_000, validation: 0, test: 10_000 });
  expect(environments.map(({ machine, backend }) => [machine.cores, backend])).toEqual([
    [2, 'wasm'],
    [64, 'wasm'],
  ]);
  expect(variants.map(({ lossSpikes }) => lossSpikes)).toEqual([[0, 1], [0, 0], undefined]);
});

test('a run of no variant is refused', () => {
  expect(() => compareRuns(plan, [outcome('deep', 1, 0.9)])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: compareRuns: runs must belong to variants of "widths"; received "deep".]`,
  );
});

test('a finished run has metrics and a weight hash, a failed one its error', () => {
  const { run } = outcome('wide', 1, 0.9);
  const { metrics: _, weightHash: __, ...bare } = run;
  const messages = (value: unknown) => runResultSchema.safeParse(value).error?.issues.map(({ message }) => message);
  expect(messages(run)).toBeUndefined();
  expect(messages(bare)).toEqual(['a done run has one', 'a done run has one']);
  expect(messages({ ...bare, status: 'failed' })).toEqual(['a failed run has one']);
  expect(messages({ ...bare, status: 'stopped' })).toBeUndefined();
});

/** A run that came to this test accuracy, or failed. */
function outcome(variant: string, seed: number, accuracy: number | null, seconds = 10): RunRecord {
  const [any] = plan.runs;
  if (any === undefined) throw new Error('the plan has runs.');
  const run = runResultSchema.parse({
    version: 1,
    experiment: plan.name,
    file: plan.file,
    variant,
    seed,
    fingerprint: any.fingerprint,
    config: any.config,
    versions: { code: 'c0de', tfjs: '4.22.0' },
    machine: { cpu: 'none', cores: 2, node: 'v20.19.0', platform: 'linux-x64' },
    backend: { name: 'wasm', reason: 'asked for', tfjs: '4.22.0', fusedMultiplyAdd: true },
    parameters: { trainable: 1, total: 1 },
    macs: 1,
    ...(accuracy === null
      ? { status: 'failed', error: 'out of memory' }
      : { status: 'done', metrics: metricsOf(accuracy), weightHash: 'c0ffee' }),
  });
  if (accuracy === null) return { run, timings: null };
  const latency = (median: number) => {
    const interval = [median, median];
    // The slowest run was disturbed.
    return { median, p95: 2 * median, p99: 3 * median, interval, warmup: 2, rounds: 118, noisy: median === 20 };
  };
  const inference = { batchSize: 64, batch: latency(seconds), image: latency(1) };
  const times = { trainSeconds: seconds, evaluateSeconds: 1, examplesPerSecond: 1000 / seconds };
  return { run, timings: timingsSchema.parse({ version: 1, ...times, inference }) };
}

function metricsOf(testAccuracy: number): RunMetrics {
  return {
    testLoss: 0.3,
    testAccuracy,
    trainLoss: 0.2,
    trainAccuracy: 0.95,
    runningAccuracy: 0.93,
    generalizationGap: 0.95 - testAccuracy,
    macroAuc: 0.75,
  };
}
