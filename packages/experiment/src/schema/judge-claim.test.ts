import { expect, test } from 'vitest';
import { type Claim, claimSchema } from '../spec/claims.ts';
import { metricNames } from '../spec/metrics.ts';
import { judgedClaimSchema } from './comparison.ts';
import { judgeClaim } from './judge-claim.ts';
import { type MeasuredRun, metricValue } from './metric-value.ts';

/*
 * By seed d = 0.02, 0.02, 0.04: mean 0.08 / 3, standard deviation 0.02 / √3, so t = mean · √3 / deviation = 4. With two
 * degrees of freedom p = 1 − t / √(2 + t²) = 1 − 4 / √18; t(0.95, 2) = 2.919986 from tables.
 */
const RUNS = [
  ...[0.98, 0.97, 0.99].map((accuracy, index) => run('deep', index + 1, accuracy)),
  ...[0.95, 0.95, 0.96].map((accuracy, index) => run('flat', 3 - index, accuracy)),
];

test('the difference over seeds, with its interval and p, by the closed form for two degrees of freedom', () => {
  const { verdict, difference, reason } = judge({ level: 0.9 });
  expect([verdict, reason, difference?.pairs]).toEqual(['held', undefined, 3]);
  expect(difference?.mean).toBeCloseTo(0.08 / 3, 12);
  expect(difference?.p).toBeCloseTo(1 - 4 / Math.sqrt(18), 6);
  const margin = (2.919986 * 0.02) / 3;
  expect(difference?.low).toBeCloseTo(0.08 / 3 - margin, 6);
  expect(difference?.high).toBeCloseTo(0.08 / 3 + margin, 6);
});

test.each<[string, Partial<Claim>, string, string | undefined]>([
  ['less sure than asked for', {}, 'undecided', 'the 95 % interval of the difference holds 0'],
  ['the other way round', { better: 'flat', than: 'deep', level: 0.9 }, 'not held', undefined],
  ['by no more than is sure', { by: 0.0005, level: 0.9 }, 'held', undefined],
  [
    'by more than the least',
    { by: 0.01, level: 0.9 },
    'undecided',
    'the 90 % interval of the difference holds the claimed 0.01',
  ],
  ['by more than the most', { by: 0.06, level: 0.9 }, 'not held', undefined],
  ['lower is better', { metric: 'testLoss', level: 0.9 }, 'held', undefined],
  ['lower is better, by more than the least', { metric: 'testLoss', by: 0.06, level: 0.9 }, 'not held', undefined],
  ['what no seed changes', { metric: 'parameters' }, 'not held', undefined],
  ['what no seed changes, the other way round', { metric: 'macs', better: 'flat', than: 'deep' }, 'held', undefined],
  [
    'what no seed changes, by too little',
    { metric: 'macs', better: 'flat', than: 'deep', by: 30 },
    'not held',
    undefined,
  ],
  [
    'no spread',
    { metric: 'trainLoss' },
    'undecided',
    'the difference is the same for every seed, so that its spread is not known',
  ],
  [
    'not measured',
    { metric: 'validationAccuracy' },
    'undecided',
    'no seed has a finished run of both variants with validationAccuracy',
  ],
  [
    'a variant that was not run',
    { than: 'none' },
    'undecided',
    'no seed has a finished run of both variants with testAccuracy',
  ],
])('%s', (_, changed, verdict, reason) => {
  const judged = judge(changed);
  expect(judgedClaimSchema.parse(JSON.parse(JSON.stringify(judged)))).toEqual(judged);
  expect([judged.verdict, judged.reason]).toEqual([verdict, reason]);
});

test('one seed decides nothing; runs that failed or were stopped do not count', () => {
  const [first, ...others] = RUNS;
  if (first === undefined) throw new Error('there are runs.');
  const failed = others.map(({ run: one, timings }) =>
    one.variant === 'deep' ? { run: { ...one, status: 'stopped' as const }, timings } : { run: one, timings },
  );
  expect(judge({ level: 0.9 }, [first, ...failed])).toMatchObject({
    verdict: 'undecided',
    reason: 'one seed does not say how much seeds differ; run at least two, as in `seeds: [1, 2, 3]`',
    difference: { pairs: 1, low: null, high: null, p: null },
  });
});

test('every metric is found in a run that measured everything', () => {
  const { run: one } = run('deep', 1, 0.9);
  const metrics = {
    ...one.metrics,
    validationAccuracy: 0.91,
    macroAuc: 0.98,
    expectedCalibrationError: 0.03,
    gradientRatio: 0.01,
  } as NonNullable<MeasuredRun['run']['metrics']>;
  const rounds = { warmup: 3, rounds: 117, noisy: false };
  const inference = {
    batchSize: 64,
    batch: { median: 12, p95: 13, p99: 14, interval: [11.9, 12.1] as const, ...rounds },
    image: { median: 2, p95: 3, p99: 4, interval: [1.9, 2.1] as const, ...rounds },
  };
  const timings = { version: 1 as const, trainSeconds: 7, evaluateSeconds: 1, examplesPerSecond: 100, inference };
  const values = metricNames.map((name) => [name, metricValue(name, { run: { ...one, metrics }, timings })]);
  expect(Object.fromEntries(values)).toEqual({
    testAccuracy: 0.9,
    testLoss: expect.closeTo(0.1, 12),
    validationAccuracy: 0.91,
    trainAccuracy: 0.95,
    trainLoss: 0.2,
    runningAccuracy: 0.93,
    generalizationGap: expect.closeTo(0.05, 12),
    macroAuc: 0.98,
    expectedCalibrationError: 0.03,
    gradientRatio: 0.01,
    trainSeconds: 7,
    examplesPerSecond: 100,
    batchMilliseconds: 12,
    imageMilliseconds: 2,
    parameters: 100,
    macs: 1000,
  });
});

function judge(changed: Partial<Claim>, runs: readonly MeasuredRun[] = RUNS) {
  const claim = claimSchema.parse({ metric: 'testAccuracy', better: 'deep', than: 'flat', ...changed });
  return judgeClaim(claim, runs);
}

function run(variant: string, seed: number, testAccuracy: number): MeasuredRun {
  const metrics = {
    testLoss: 1 - testAccuracy,
    testAccuracy,
    trainLoss: variant === 'deep' ? 0.2 : 0.3,
    trainAccuracy: 0.95,
    runningAccuracy: 0.93,
    generalizationGap: 0.95 - testAccuracy,
  };
  const parameters = { trainable: variant === 'deep' ? 100 : 80, total: 100 };
  const macs = variant === 'deep' ? 1000 : 980;
  return { run: { variant, seed, status: 'done', metrics, parameters, macs }, timings: null };
}
