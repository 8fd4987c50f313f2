import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../src/index.ts';
import { type KernelCheck, sharedChecks, wasmChecks } from './kernel-checks/index.ts';

/*
 * Property-based: any shape that a kernel may be asked, against plain loops in double precision. `npm run errors` prints
 * the worst error of each; the bounds leave room for other data.
 */

const deep = import.meta.env.MODE === 'deep';

function holds({ samples, bound }: KernelCheck): void {
  const isNear = fc.property(samples, ({ error }) => {
    expect(error()).toBeLessThanOrEqual(bound);
  });
  fc.assert(isNear, { numRuns: deep ? 1000 : 40, seed: 4 });
}

describe.each([true, false])('wasm, fused multiply-add: %s', (fusedMultiplyAdd) => {
  describe.each(wasmChecks)('precise: $precise', ({ precise, checks }) => {
    beforeAll(async () => void (await startBackend('wasm', { precise, fusedMultiplyAdd })));

    test.each(checks)('$kernel', holds);
  });
});

describe('cpu', () => {
  beforeAll(async () => void (await startBackend('cpu')));

  test.each(sharedChecks)('$kernel', holds);
});
