import quantile from '@stdlib/stats-base-dists-t-quantile';
import { expect, test } from 'vitest';
import fixture from '../../fixtures/statistics.json' with { type: 'json' };
import { studentP, studentT } from './student-t.ts';

test.each([0.5, 0.8, 0.95, 0.99, 0.999, 0.999999])(
  'level %d: as @stdlib has it to six digits, for every number of degrees',
  (level) => {
    for (const degrees of [...Array.from({ length: 60 }, (_, n) => n + 1), 99, 100, 999, 1000, 1001, 1002, 5000, 1e6]) {
      const expected = quantile((1 + level) / 2, degrees);
      expect(Math.abs(studentT(level, degrees) / expected - 1), `${degrees} degrees`).toBeLessThan(1e-6);
    }
  },
);

test('without end, it is the normal quantile: 1.959963984540054 at 95 %', () => {
  expect(studentT(0.95, Number.POSITIVE_INFINITY)).toBeCloseTo(1.959963984540054, 12);
});

test.each(fixture.studentT)(
  'level $level, $degrees degrees: $t, as SciPy has it, and back',
  ({ level, degrees, t }) => {
    expect(Math.abs(studentT(level, degrees) / t - 1)).toBeLessThan(1e-7);
    expect(studentP(t, degrees)).toBeCloseTo(1 - level, 7);
    expect(studentP(-t, degrees)).toBe(studentP(t, degrees));
  },
);

test('no p value is above 1, whatever the degrees', () => {
  for (let degrees = 1; degrees <= 100; degrees++) {
    const p = studentP(0, degrees);
    expect(p, `${degrees} degrees`).toBeLessThanOrEqual(1);
    expect(p, `${degrees} degrees`).toBeCloseTo(1, 6);
  }
});
