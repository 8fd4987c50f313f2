import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forEachAtMost } from './run-pool.ts';

test('each item once, started in order, never more at once than the limit, and as many as that', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(4), { maxLength: 12 }), async (limit, turns) => {
      const started: number[] = [];
      let [atOnce, most] = [0, 0];
      await forEachAtMost(limit, turns, async (count, index) => {
        started.push(index);
        atOnce++;
        most = Math.max(most, atOnce);
        for (let i = 0; i < count; i++) await Promise.resolve();
        atOnce--;
      });
      expect(started).toEqual(turns.map((_, index) => index));
      expect(atOnce).toBe(0);
      expect(most).toBeLessThanOrEqual(limit);
      const isBusy = turns.every((count) => count > 0);
      expect(most).toBeGreaterThanOrEqual(isBusy ? Math.min(limit, turns.length) : 0);
    }),
    { seed: 5 },
  );
});
