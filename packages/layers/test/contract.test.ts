import { type CheckResult, checkLayer, checkNames } from '@ablate/layers/contract';
import { layerTypes } from '@ablate/layers/schema';
import { beforeAll, describe, expect, test } from 'vitest';
import { subjectCases, subjectOf } from './cases.ts';

const deep = import.meta.env.MODE === 'deep';

test('every layer has cases, and no other', () => {
  expect(new Set(Object.keys(subjectCases))).toEqual(new Set(layerTypes));
  for (const { cases } of Object.values(subjectCases)) expect(cases.length).toBeGreaterThan(0);
});

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  describe.each(layerTypes)('%s', (type) => {
    let results: CheckResult[];
    beforeAll(async () => {
      const { cases, deep: more = [] } = subjectCases[type];
      results = await checkLayer(subjectOf(type), deep ? [...cases, ...more] : cases, { backend });
    });

    test.each(checkNames)('%s', (check) => {
      const own = results.filter((result) => result.check === check);
      expect(own.length).toBeGreaterThan(0);
      expect(own.filter(({ status }) => status === 'failed')).toEqual([]);
      // A layer without weights has no gradients of them; one that is synchronized, no batch of its own.
      const absent = own.filter(({ status }) => status === 'absent');
      expect(absent.filter(({ detail }) => !['no weights', 'synchronized'].includes(detail))).toEqual([]);
    });
  });
});
