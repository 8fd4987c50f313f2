import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { countKernels, dropout, dropoutMask, startBackend } from '../src/index.ts';
import { fillMask } from '../src/ops/dropout.ts';

/** Widths around the 16 elements that the WASM kernel draws at once; keys and steps with their upper bits set. */
const widths = [1, 3, 4, 5, 15, 16, 17, 31, 33, 64, 1000];
const places = [
  { rate: 0.25, key: [0xdeadbeef, 0xfedcba98] as const, step: 2 ** 33 + 7, row: 0 },
  { rate: 0.5, key: [1, 2] as const, step: 0, row: 2 ** 20 },
  { rate: 0.999, key: [7, 0] as const, step: 2 ** 32 - 1, row: 3 },
];

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(() => startBackend(backend));

  test.each(widths)('rows of %i elements: the mask, x · mask and dy · mask to the bit', (width) => {
    for (const place of places) {
      tf.tidy(() => {
        const mask = fillMask(new Float32Array(3 * width), 3, place);
        const values = Float32Array.from(mask, (_, i) => Math.sin(i + 1));
        const expected = values.map((value, i) => value * (mask[i] as number));
        const x = tf.tensor2d(values, [3, width]);
        expect(dropoutMask(x.shape, place).dataSync()).toEqual(mask);
        expect(dropout(x, place).dataSync()).toEqual(expected);
        const gradient = tf.grad((a) => dropout(a, place))(tf.zeros(x.shape), x);
        expect(gradient.dataSync()).toEqual(expected);
      });
    }
  });

  test('one kernel each way; empty rows and scalars of a batch pass', async () => {
    const place = places[1] as (typeof places)[1];
    const x = tf.ones([2, 5]);
    const both = await countKernels(() => void tf.tidy(() => tf.grad((a) => dropout(a, place))(x, x)));
    expect(both.get('AblateDropout')).toBe(2);
    expect([...both.keys()].filter((name) => /Mask|Multiply/.test(name))).toEqual([]);
    tf.tidy(() => {
      expect(dropout(tf.zeros([0, 4]), place).shape).toEqual([0, 4]);
      expect(dropout(tf.ones([6]), place).dataSync()).toEqual(fillMask(new Float32Array(6), 6, place));
    });
    x.dispose();
  });
});
