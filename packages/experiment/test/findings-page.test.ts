import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { networksSchema } from '../scripts/findings-networks.ts';
import { findingsPage } from '../scripts/findings-page.ts';
import { type ComparedVariant, type Comparison, comparisonSchema, differencesFromFirst } from '../src/schema/index.ts';

const FINDINGS = new URL('../../../docs/findings/', import.meta.url);

/** Differences from `base`: of `better` 0.030, 0.031, 0.032; of `alike` −0.01, 0, 0.01; of `coarse` none. */
const comparison: Comparison = {
  version: 1,
  experiment: 'widths',
  title: 'How wide?',
  data: { name: 'mnist', train: 1000, validation: 0, test: 500 },
  environments: [
    {
      machine: { cpu: 'Some CPU', cores: 2, node: 'v20.19.0', platform: 'linux-x64' },
      backend: 'wasm',
      workers: 2,
      versions: { code: 'c0dec0dec0dec0de', tfjs: '4.22.0', data: 'da7ada7ada7ada7a' },
    },
  ],
  unfair: ['training.epochs'],
  variants: [
    variant('base', [0.9, 0.9, 0.9]),
    variant('better', [0.93, 0.931, 0.932]),
    variant('alike', [0.89, 0.9, 0.91]),
    variant('coarse', [0.9, 0.9, 0.9]),
    { ...variant('broken', []), runs: { done: 0, stopped: 0, failed: 3 } },
  ],
  claims: [
    {
      metric: 'testAccuracy',
      better: 'better',
      than: 'base',
      by: 0,
      level: 0.95,
      verdict: 'held',
      difference: { mean: 0.031, low: 0.0285, high: 0.0335, p: 0.0004, pairs: 3 },
    },
    {
      metric: 'testAccuracy',
      better: 'alike',
      than: 'base',
      by: 0,
      level: 0.95,
      verdict: 'undecided',
      reason: 'the 95 % interval of the difference holds 0',
      difference: { mean: 0, low: -0.0248, high: 0.0248, p: 0.04, pairs: 3 },
    },
  ],
};

test('differences from the first variant, corrected for those that can be tested', () => {
  const [better, alike, coarse, ...more] = differencesFromFirst(comparison, 'testAccuracy');
  expect(more).toEqual([]);
  expect(better?.mean).toBeCloseTo(0.031, 12);
  // With 2 degrees p = 1 − t / √(t² + 2); t = 31 · √3.
  const p = 1 - 1 / Math.sqrt(1 + 2 / (31 ** 2 * 3));
  expect(better?.p).toBeCloseTo(p, 10);
  expect(better?.corrected).toBeCloseTo(2 * p, 10);
  expect(better?.effectSize).toBeCloseTo(31, 6);
  expect(alike?.corrected).toBeCloseTo(1, 12);
  expect(coarse).toMatchObject({ variant: 'coarse', p: null, corrected: null, detectable: null });
});

test('pairs are those of the same seed, whichever seeds each variant has', () => {
  const base = { ...variant('base', [0.5, 0.7]), seeds: [1, 3] };
  const other = { ...variant('other', [0.2, 0.9]), seeds: [2, 3] };
  const none = { ...variant('none', [0.9]), seeds: [4] };
  const found = differencesFromFirst({ variants: [base, other, none] }, 'testAccuracy');
  expect(found.map(({ variant, pairs, mean, p }) => [variant, pairs, mean.toFixed(6), p])).toEqual([
    ['other', 1, '0.200000', null],
  ]);
});

test('a page from a comparison', async () => {
  const page = findingsPage(comparisonSchema.parse(comparison), 'Made by hand.\n');
  await expect(page).toMatchFileSnapshot('./findings/widths.md');
});

test('a page without notes has no such heading', () => {
  expect(findingsPage(comparison, null)).not.toContain('## Notes');
});

test('the committed pages are those of the committed comparisons: npm run findings', () => {
  const studies = readdirSync(FINDINGS).filter((study) => existsSync(new URL(`${study}/comparison.json`, FINDINGS)));
  expect(studies).toContain('depth');
  for (const study of studies) {
    const read = (name: string) => readFileSync(new URL(`${study}/${name}`, FINDINGS), 'utf8');
    const notes = existsSync(new URL(`${study}/notes.md`, FINDINGS)) ? read('notes.md') : null;
    const networks = existsSync(new URL(`${study}/networks.json`, FINDINGS)) ? read('networks.json') : '[]';
    const found = networksSchema.parse(JSON.parse(networks));
    const comparison = comparisonSchema.parse(JSON.parse(read('comparison.json')));
    expect(read('README.md')).toBe(findingsPage(comparison, notes, found));
  }
});

function variant(name: string, accuracies: number[]): ComparedVariant {
  const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;
  const shared = {
    name,
    title: name,
    parameters: { trainable: 1234, total: 1300 },
    macs: 56_789,
    receptiveField: { size: [10, 12] as [number, number], global: true },
    runs: { done: accuracies.length, stopped: 0, failed: 0 },
    seeds: accuracies.map((_, index) => index + 1),
  };
  if (accuracies.length === 0) return shared;
  return {
    ...shared,
    epochs: 2,
    batchSize: 64,
    lossSpikes: accuracies.map(() => 0),
    testAccuracy: { mean, low: mean - 0.002, high: mean + 0.002, values: accuracies },
    generalizationGap: { mean: 0.01, low: 0.005, high: 0.015, values: accuracies.map(() => 0.01) },
    trainSeconds: 12.34,
    inference: {
      batchSize: 64,
      batch: { median: 5.432, p95: 6, p99: 7, noisy: true },
      image: { median: 0.2957, p95: 0.4, p99: 0.5, noisy: false },
    },
  };
}
