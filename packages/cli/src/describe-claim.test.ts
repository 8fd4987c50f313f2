import { claimSchema, type JudgedClaim } from '@ablate/experiment/schema';
import { expect, test } from 'vitest';
import { describeClaim } from './describe-claim.ts';

const CLAIM = claimSchema.parse({ metric: 'testAccuracy', better: 'cnn', than: 'fc' });
const held: JudgedClaim = {
  ...CLAIM,
  verdict: 'held',
  difference: { mean: 0.0123, low: 0.0098, high: 0.0148, p: 0.0021, pairs: 3 },
};

test.each<[string, JudgedClaim, string]>([
  [
    'accuracy',
    held,
    'held: cnn better than fc in testAccuracy: +1.23 points, 95 % interval +0.98 points to +1.48 points, p = 0.0021, 3 seeds',
  ],
  [
    'a least difference, and the other way round',
    { ...held, by: 0.02, verdict: 'not held', difference: { mean: -0.01, low: -0.02, high: 0.001, p: 1e-9, pairs: 5 } },
    'not held: cnn better than fc in testAccuracy by 2.00 points: −1.00 points, 95 % interval −2.00 points to +0.10 points, p < 0.001, 5 seeds',
  ],
  [
    'one seed',
    {
      ...held,
      verdict: 'undecided',
      reason: 'one seed',
      difference: { mean: 0.01, low: null, high: null, p: null, pairs: 1 },
    },
    'undecided: cnn better than fc in testAccuracy: +1.00 points, 1 seed; one seed',
  ],
  [
    'nothing to compare',
    { ...held, metric: 'trainSeconds', verdict: 'undecided', reason: 'no seed', difference: null },
    'undecided: cnn better than fc in trainSeconds; no seed',
  ],
  [
    'a count',
    { ...held, metric: 'macs', difference: { mean: -12_345, low: null, high: null, p: null, pairs: 2 } },
    'held: cnn better than fc in macs: −12,345',
  ],
  [
    'a time',
    {
      ...held,
      metric: 'trainSeconds',
      level: 0.9,
      difference: { mean: -12.345, low: -13, high: -11, p: 0.04, pairs: 2 },
    },
    'held: cnn better than fc in trainSeconds: −12.3 s, 90 % interval −13 s to −11 s, p = 0.040, 2 seeds',
  ],
])('%s', (_, claim, line) => {
  expect(describeClaim(claim)).toBe(line);
});
