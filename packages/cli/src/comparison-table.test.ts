import { expect, test } from 'vitest';
import { comparisonTable } from './comparison-table.ts';

const variant = {
  name: 'cnn',
  title: 'cnn',
  parameters: { trainable: 50_186, total: 50_186 },
  macs: 1,
  receptiveField: { size: [3, 3] as [number, number], global: false },
  runs: { done: 2, stopped: 0, failed: 0 },
  seeds: [1, 2],
};
const data = { name: 'mnist', train: 1, validation: 0, test: 1 };
const comparison = { version: 1 as const, experiment: 'e', title: 't', data, environments: [], claims: [] };

test('an interval is shown as half its width; what no run has measured as a dash', () => {
  const testAccuracy = { mean: 0.98, low: 0.97, high: 0.99, values: [0.979, 0.981] };
  const table = comparisonTable({ ...comparison, unfair: [], variants: [{ ...variant, testAccuracy }] });
  expect(table).toMatch(/│ cnn +│ +50,186 │ 98\.00 ± 1\.00 % │ +– │ +– │ +– │ +– │ +– │/);
  expect(table).not.toContain('Not trained alike');
});

test('what was not trained alike is said below the table', () => {
  const table = comparisonTable({ ...comparison, unfair: ['training.epochs', 'match'], variants: [variant] });
  expect(table.split('\n').at(-1)).toBe('Not trained alike: training.epochs, match');
});

test('areas and calibration have columns where a variant was asked for them; noisy times are marked', () => {
  const noisy = { median: 3, p95: 9, p99: 12, noisy: true };
  const quiet = { median: 1, p95: 1.5, p99: 2, noisy: false };
  const asked = {
    ...variant,
    macroAuc: { mean: 0.995, values: [0.995] },
    expectedCalibrationError: { mean: 0.0125, values: [0.0125] },
    inference: { batchSize: 64, batch: noisy, image: quiet },
  };
  const table = comparisonTable({ ...comparison, unfair: [], variants: [asked, { ...variant, name: 'fc' }] });
  expect(table).toMatch(/│ train acc\. +│ macro AUC +│ calibration error +│ train s/);
  expect(table).toMatch(/│ cnn .*│ +99\.50 % │ +1\.25 % │ +– │ +– │ +~3\.00 \/ 9\.00 │ +1\.00 \/ 1\.50 │/);
  expect(table).toMatch(/│ fc +│ +50,186( │ +–){8} │/);
});
