import { expect, test } from 'vitest';
import { learningRateAt, type Schedule, scheduleSchema } from './schedule.ts';

const schedule = (written: object): Schedule => scheduleSchema.parse(written);
const half = Math.SQRT1_2;

test.each([
  // name, steps → rates, from the closed form at base 0.1
  [{ name: 'constant' }, 100, { 0: 0.1, 99: 0.1 }],
  [{ name: 'constant', warmupSteps: 4 }, 100, { 0: 0.025, 1: 0.05, 2: 0.075, 3: 0.1, 4: 0.1, 99: 0.1 }],
  // cos 0, π/4, π/2, 3π/4
  [{ name: 'cosine' }, 8, { 0: 0.1, 2: 0.05 * (1 + half), 4: 0.05, 6: 0.05 * (1 - half) }],
  [{ name: 'cosine', finalFactor: 0.2 }, 8, { 0: 0.1, 4: 0.06, 6: 0.02 + 0.04 * (1 - half) }],
  [{ name: 'cosine', finalFactor: 1 }, 8, { 0: 0.1, 7: 0.1 }],
  [{ name: 'cosine', warmupSteps: 2 }, 10, { 0: 0.05, 1: 0.1, 2: 0.1, 6: 0.05 }],
  [{ name: 'polynomial', power: 2, finalFactor: 0.2 }, 10, { 0: 0.1, 5: 0.04, 9: 0.0208 }],
  [{ name: 'polynomial', warmupSteps: 2 }, 10, { 0: 0.05, 1: 0.1, 2: 0.1, 6: 0.05 }],
  // The peak is step 0.5 · 8 − 1 after the warm-up; from there the fall takes 4 steps.
  [
    { name: 'one-cycle', warmupSteps: 2, pctStart: 0.5, divFactor: 2, finalDivFactor: 4, annealStrategy: 'linear' },
    10,
    { 0: 0.05, 1: 0.1, 2: 0.05, 5: 0.1, 7: 0.05625, 9: 0.0125 },
  ],
  [{ name: 'one-cycle', pctStart: 0.5, finalDivFactor: 1 }, 1, { 0: 0.004 }],
  [{ name: 'one-cycle', pctStart: 0.5, finalDivFactor: 1 }, 2, { 0: 0.1, 1: 0.004 }],
  [{ name: 'multi-step' }, 64, { 0: 0.1, 31: 0.1, 32: 0.01, 47: 0.01, 48: 0.001, 63: 0.001 }],
  [{ name: 'multi-step', milestones: [0.25], factor: 0.5, warmupSteps: 2 }, 10, { 0: 0.05, 2: 0.1, 3: 0.05 }],
] as [object, number, Record<number, number>][])('%j over %i steps', (written, totalSteps, rates) => {
  for (const [step, rate] of Object.entries(rates)) {
    expect(learningRateAt(schedule(written), 0.1, Number(step), totalSteps), `step ${step}`).toBeCloseTo(rate, 15);
  }
});

test('cosine reaches its final factor with the step after the last', () => {
  expect(learningRateAt(schedule({ name: 'cosine', finalFactor: 0.01 }), 0.1, 50, 50)).toBeCloseTo(0.001, 15);
});

test.each([
  [{ name: 'cosine', warmupSteps: -1 }, ['warmupSteps']],
  [{ name: 'cosine', finalFactor: 1.1 }, ['finalFactor']],
  [{ name: 'multi-step', milestones: [] }, ['milestones']],
  [{ name: 'multi-step', milestones: [0.5, 1] }, ['milestones', 1]],
  [{ name: 'multi-step', factor: 0 }, ['factor']],
  [{ name: 'polynomial', power: 0 }, ['power']],
  [{ name: 'one-cycle', pctStart: 1 }, ['pctStart']],
  [{ name: 'one-cycle', divFactor: 0.5 }, ['divFactor']],
  [{ name: 'cosin' }, ['name']],
])('%j is refused, at %j', (written, path) => {
  expect(scheduleSchema.safeParse(written).error?.issues.map((issue) => issue.path)).toEqual([path]);
});
