import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';
import { startBackend } from '../src/index.ts';

afterAll(() => startBackend('wasm'));

/** One product of depth 2 whose exact value a rounding in between loses. */
async function product(): Promise<number | undefined> {
  const e = 2 ** -12;
  const out = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 1 + e]]), tf.tensor2d([[-(1 + 2 * e)], [1 + e]])));
  const [value] = await out.data();
  out.dispose();
  return value;
}

test('products round once exactly where the backend says so', async () => {
  for (const wanted of [true, false, true]) {
    const { fusedMultiplyAdd } = await startBackend('wasm', { fusedMultiplyAdd: wanted });
    expect(wanted || !fusedMultiplyAdd).toBe(true);
    if (wanted && !fusedMultiplyAdd) process.stdout.write('No fused multiply-add here: only the plain kernels run.\n');
    expect(await product()).toBe(fusedMultiplyAdd ? 2 ** -24 : 0);
  }
});

test('cpu sums in double precision, and fuses nothing', async () => {
  expect((await startBackend('cpu', { fusedMultiplyAdd: true })).fusedMultiplyAdd).toBe(false);
});
