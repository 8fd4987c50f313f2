import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planStudy } from './plan.ts';
import { readStudy } from '../spec/read-study.ts';
import { shardRuns } from './shard.ts';

test('every run is in just one shard, in order, and sizes differ by at most one', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 1, max: 12 }), (size, count) => {
      const runs = Array.from({ length: size }, (_, i) => i);
      const shards = Array.from({ length: count }, (_, i) => shardRuns(runs, { index: i + 1, count }));
      expect(shards.flat().sort((a, b) => a - b)).toEqual(runs);
      for (const shard of shards) expect(shard).toEqual([...shard].sort((a, b) => a - b));
      const sizes = shards.map(({ length }) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
    { seed: 5 },
  );
});

const text = `spec: 1
dataset: { name: mnist }
seeds: [1, 2, 3]
variants:
  a: { architecture: { name: mlp, units: [8] } }
  b: { architecture: { name: simple-cnn } }
`;

test('a plan for a shard has its runs, with the fingerprints of the whole plan, and says which it is', () => {
  const study = readStudy({ file: 'study.yaml', text });
  const whole = planStudy(study);
  const plan = planStudy(study, { shard: { index: 2, count: 4 } });
  expect(plan.runs).toEqual([whole.runs[1], whole.runs[5]]);
  expect(plan).toMatchObject({ shard: { index: 2, count: 4 }, variants: [{ name: 'a' }, { name: 'b' }] });
  expect(planStudy(study, { shard: { index: 7, count: 8 } }).runs).toEqual([]);
});

test('a shard that is none is refused', () => {
  const study = readStudy({ file: 'study.yaml', text });
  expect(() => planStudy(study, { shard: { index: 4, count: 3 } })).toThrowErrorMatchingInlineSnapshot(
    `[OverrideError: --shard: must be one of 1/3 to 3/3; received 4/3.]`,
  );
  expect(() => planStudy(study, { shard: { index: 0, count: 3 } })).toThrowErrorMatchingInlineSnapshot(
    `[OverrideError: --shard: must be one of 1/3 to 3/3; received 0/3.]`,
  );
});
