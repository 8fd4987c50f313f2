import { randomStream } from '@ablate/random';
import { expect, test } from 'vitest';
import type { Shape } from './descriptor.ts';
import {
  depthwiseFans,
  type Fans,
  fansOf,
  type InitializerName,
  initialize,
  initializeWeight,
} from './initializers.ts';
import { layerDescriptors } from './layer-descriptors.ts';

test('fans of dense, convolution and depthwise kernels', () => {
  expect(fansOf([64, 10])).toEqual({ in: 64, out: 10 });
  expect(fansOf([3, 5, 16, 32])).toEqual({ in: 240, out: 480 });
  expect(depthwiseFans([3, 3, 16, 2])).toEqual({ in: 9, out: 18 });
});

const deep = import.meta.env.MODE === 'deep';
const conv: Shape = deep ? [3, 3, 256, 256] : [3, 3, 32, 64];

/** The variance that each is published with, of a weight's fans; orthogonal and the constants are tested below. */
const variances: [InitializerName, (fans: Fans) => number][] = [
  ['glorotUniform', (fans) => 2 / (fans.in + fans.out)],
  ['glorotNormal', (fans) => 2 / (fans.in + fans.out)],
  ['heUniform', (fans) => 2 / fans.in],
  ['heNormal', (fans) => 2 / fans.in],
  ['leCunUniform', (fans) => 1 / fans.in],
  ['leCunNormal', (fans) => 1 / fans.in],
  ['pytorchDefault', (fans) => 1 / (3 * fans.in)],
];

test.each(variances)('%s has mean 0 and the variance of its paper, within five standard errors', (name, variance) => {
  const area = conv[0]! * conv[1]!;
  const fans = { in: area * conv[2]!, out: area * conv[3]! };
  expect(standardErrors(initialize(name, conv, randomStream(1, name)), variance(fans))).toBeLessThan(5);
});

test.each(variances)('%s of a depthwise kernel: each output sees its window alone', (name, variance) => {
  const shape = [5, 3, deep ? 4096 : 512, 4];
  const images = [[9, 9, shape[2]!]];
  const args = { kernelSize: [5, 3], depthMultiplier: 4, depthwiseInitializer: name };
  const { depthwiseConv2d, separableConv2d } = layerDescriptors;
  const [depthwise] = depthwiseConv2d.weights(depthwiseConv2d.args.parse(args), images);
  const [separable] = separableConv2d.weights(separableConv2d.args.parse({ ...args, filters: 7 }), images);
  for (const weight of [depthwise!, separable!]) {
    expect(weight.shape).toEqual(shape);
    expect(standardErrors(initializeWeight(weight, randomStream(2, name)), variance({ in: 15, out: 60 }))).toBeLessThan(
      5,
    );
  }
});

test('pytorchDefault gives a bias the fans of its kernel', () => {
  const args = layerDescriptors.dense.args.parse({ units: 50_000, biasInitializer: 'pytorchDefault' });
  const [, bias] = layerDescriptors.dense.weights(args, [[100]]);
  const values = initializeWeight(bias!, randomStream(1, 'bias'));
  expect(standardErrors(values, 1 / 300)).toBeLessThan(5);
  expect(Math.max(...values)).toBeLessThanOrEqual(0.1);
});

test.each([[[64, 24]], [[24, 64]], [[40, 40]], [[3, 3, 5, 16]], [[3, 3, 2, 30]], [[12]]])(
  'orthogonal %j: a matrix of orthonormal columns, or of orthonormal rows where it is wider than high',
  (shape) => {
    const values = initialize('orthogonal', shape, randomStream(4, 'orthogonal'));
    const columns = shape.length < 2 ? 1 : shape.at(-1)!;
    const rows = values.length / columns;
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const element = (vector: number, e: number) => values[rows < columns ? vector * length + e : e * columns + vector]!;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j <= i; j++) {
        let product = 0;
        for (let e = 0; e < length; e++) product += element(i, e) * element(j, e);
        expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-6);
      }
    }
  },
);

test('orthogonal favours no direction: each element has mean 0 and variance 1 / rows', () => {
  const draws = deep ? 20_000 : 2000;
  const firsts = Float32Array.from({ length: draws }, (_, seed) => {
    return initialize('orthogonal', [6, 3], randomStream(seed, 'direction'))[0]!;
  });
  expect(standardErrors(firsts, 1 / 6)).toBeLessThan(5);
});

test('normals end at two of their own deviations, uniforms at √3', () => {
  const std = Math.sqrt(2 / (9 * (conv[2] ?? 1)));
  // More values than a call takes arguments.
  const greatest = (kind: 'heNormal' | 'heUniform') =>
    initialize(kind, conv, randomStream(1, 'n')).reduce((most, value) => Math.max(most, value));
  expect(greatest('heNormal')).toBeLessThanOrEqual((2 * std) / 0.8796 + 1e-6);
  expect(greatest('heNormal')).toBeGreaterThan(2.2 * std);
  expect(greatest('heUniform')).toBeLessThanOrEqual(Math.sqrt(3) * std + 1e-6);
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

/** How many standard errors the mean is from 0 or the variance from `variance`; the fourth moment of none exceeds 2.37 variance². */
function standardErrors(values: Float32Array, variance: number): number {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const spread = values.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
  return Math.max(Math.abs(mean) / Math.sqrt(variance / n), Math.abs(spread / variance - 1) / Math.sqrt(1.37 / n));
}
