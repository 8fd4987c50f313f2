/* Without startBackend there are none of our kernels: what other backends of tfjs take. A thread of its own. */
import '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { distance } from './reference.ts';
import { batchNormBothWays, crossEntropyOfNothing, replicaCases } from './replica-cases.ts';

beforeAll(async () => {
  tf.env().set('PROD', true);
  await tf.setBackend('cpu');
});

test.each(replicaCases)('composed of tfjs ops, replicas normalize by the global batch: %o', (replicaCase) => {
  const { whole, parts } = batchNormBothWays(replicaCase);
  for (const name of ['y', 'dx', 'dGamma', 'dBeta', 'mean', 'variance'] as const) {
    expect(distance(parts[name], whole[name])).toBeLessThan(3e-5);
  }
});

test('composed of tfjs ops, no rows give no loss', () => {
  expect(crossEntropyOfNothing()).toEqual([0, 0, 0, 0]);
});
