import { randomStream } from '@ablate/random';
import { expect, test } from 'vitest';
import type { Shape } from './descriptor.ts';
import { depthwiseFans, fansOf, type InitializerName, initialize, initializeWeight } from './initializers.ts';

test('fans of dense, convolution and depthwise kernels', () => {
  expect(fansOf([64, 10])).toEqual({ in: 64, out: 10 });
  expect(fansOf([3, 5, 16, 32])).toEqual({ in: 240, out: 480 });
  expect(depthwiseFans([3, 3, 16, 2])).toEqual({ in: 9, out: 18 });
});

const conv: Shape = [3, 3, 32, 64];
test.each<[InitializerName, number]>([
  ['glorotUniform', 2 / (9 * 32 + 9 * 64)],
  ['glorotNormal', 2 / (9 * 32 + 9 * 64)],
  ['heUniform', 2 / (9 * 32)],
  ['heNormal', 2 / (9 * 32)],
  ['leCunUniform', 1 / (9 * 32)],
  ['leCunNormal', 1 / (9 * 32)],
])('%s has mean 0 and the variance of its paper, within five standard errors', (name, variance) => {
  const values = initialize(name, conv, randomStream(1, name));
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const spread = values.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
  expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(variance / n));
  // The fourth moment of a uniform is 1.8 variance², of this truncated normal 2.37: the error is at most √(1.37 / n).
  expect(Math.abs(spread / variance - 1)).toBeLessThan(5 * Math.sqrt(1.37 / n));
});

test('normals end at two of their own deviations, uniforms at √3', () => {
  const std = Math.sqrt(2 / 288);
  const normals = initialize('heNormal', conv, randomStream(1, 'n'));
  expect(Math.max(...normals)).toBeLessThanOrEqual((2 * std) / 0.8796 + 1e-6);
  expect(Math.max(...normals)).toBeGreaterThan(2.2 * std);
  expect(Math.max(...initialize('heUniform', conv, randomStream(1, 'n')))).toBeLessThanOrEqual(
    Math.sqrt(3) * std + 1e-6,
  );
});

test('zeros and ones', () => {
  expect(initialize('zeros', [2, 2], randomStream(1, 'x'))).toEqual(Float32Array.of(0, 0, 0, 0));
  expect(initialize('ones', [3], randomStream(1, 'x'))).toEqual(Float32Array.of(1, 1, 1));
});

test('the same stream gives the same bits, and a weight may bring its own fans', () => {
  const shape = [3, 3, 16, 1];
  const weight = { name: 'depthwise_kernel', shape, trainable: true, initializer: 'heUniform' } as const;
  const plain = initialize('heUniform', shape, randomStream(1, 'a'));
  expect(initializeWeight(weight, randomStream(1, 'a'))).toEqual(plain);
  const depthwise = initializeWeight({ ...weight, fans: depthwiseFans(shape) }, randomStream(1, 'a'));
  // 16 times less fan-in: four times the limit.
  expect(depthwise[5]).toBeCloseTo(4 * (plain[5] as number), 6);
});
