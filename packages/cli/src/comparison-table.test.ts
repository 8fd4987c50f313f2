import { expect, test } from 'vitest';
import { comparisonTable } from './comparison-table.ts';

const variant = {
  name: 'cnn',
  title: 'cnn',
  parameters: { trainable: 50_186, total: 50_186 },
  macs: 1,
  runs: { done: 2, stopped: 0, failed: 0 },
  seeds: [1, 2],
};
const comparison = { version: 1 as const, experiment: 'e', title: 't', claims: [] };

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
