import { expect, test } from 'vitest';
import { type Plan, planStudy, readStudy } from '../schema/index.ts';
import { runsAtOnce } from './runs-at-once.ts';

const request = { parallel: 4, parallelTimed: false, cores: 8 };

test.each([
  [1, 4],
  [2, 4],
  [3, 2],
  [8, 1],
  [16, 1],
  ['auto', 1],
] as const)('of 4 runs with %s workers on 8 cores, %i go on at once', (workers, atOnce) => {
  expect(runsAtOnce(planOf(`workers: ${workers}`), request).atOnce).toBe(atOnce);
});

test('fewer than asked for is said with the reason', () => {
  expect(runsAtOnce(planOf('workers: 3'), request).notices).toEqual([
    '--parallel 4: 2 at once, as a run has 3 workers and the machine 8 cores. For more, give each fewer: --workers 1; that is another run, which rounds otherwise.',
  ]);
  expect(runsAtOnce(planOf('workers: 1'), { ...request, cores: 1 }).notices).toEqual([
    '--parallel 4: 1 at once, as a run has 1 worker and the machine 1 core.',
  ]);
  expect(runsAtOnce(planOf('workers: 1'), request).notices).toEqual([]);
});

test.each([
  ['analysis: [timing]', 'analysis: timing'],
  ['claims: [{ metric: trainSeconds, better: a, than: b }]', 'a claim about trainSeconds'],
  ['training: { maxTime: 90s }', 'training.maxTime'],
])('a study with %s runs alone unless told otherwise', (line, what) => {
  const plan = planOf(`workers: 1\n${line}`);
  expect(runsAtOnce(plan, request)).toEqual({
    atOnce: 1,
    notices: [
      `one run at a time: this study measures time (${what}), which another run beside it would change. To share the machine all the same: --parallel-timed.`,
    ],
  });
  expect(runsAtOnce(plan, { ...request, parallelTimed: true })).toEqual({
    atOnce: 4,
    notices: [`times (${what}) are those of a machine that several runs share.`],
  });
  // Nothing to say where nothing was asked for.
  expect(runsAtOnce(plan, { ...request, parallel: 1 })).toEqual({ atOnce: 1, notices: [] });
});

test('a claim about accuracy shares the machine', () => {
  const plan = planOf('workers: 1\nclaims: [{ metric: testAccuracy, better: a, than: b }]');
  expect(runsAtOnce(plan, request)).toEqual({ atOnce: 4, notices: [] });
});

function planOf(lines: string): Plan {
  const text = `spec: 1
title: Two
dataset: { name: shapes }
variants:
  a: { architecture: { name: mlp, units: [4] } }
  b: { architecture: { name: mlp, units: [8] } }
${lines}
`;
  return planStudy(readStudy({ file: 'two.yaml', text }));
}
