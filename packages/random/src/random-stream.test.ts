import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from './random-stream.ts';

const deep = import.meta.env.MODE === 'deep';
const samples = deep ? 2_000_000 : 200_000;

test('any slice of a stream equals the same part of the whole', () => {
  const stream = randomStream(3, 'slices');
  const uniforms = stream.fillUniform(new Float32Array(100), -2, 5);
  const normals = stream.fillNormal(new Float32Array(100), 1, 3);
  const truncated = stream.fillTruncatedNormal(new Float32Array(100));
  fc.assert(
    fc.property(fc.nat(99), fc.nat(99), (a, b) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const length = to - from;
      expect(stream.fillUniform(new Float32Array(length), -2, 5, from)).toEqual(uniforms.slice(from, to));
      expect(stream.fillNormal(new Float32Array(length), 1, 3, from)).toEqual(normals.slice(from, to));
      expect(stream.fillTruncatedNormal(new Float32Array(length), 0, 1, from)).toEqual(truncated.slice(from, to));
    }),
    { seed: 3, numRuns: 200 },
  );
});

test('streams of one seed, of one name and split streams have nothing in common', () => {
  const streams = [randomStream(1, 'a'), randomStream(2, 'a'), randomStream(1, 'b'), randomStream(1, 'a').split('b')];
  const firsts = streams.map((stream) => stream.uniform(0));
  expect(new Set(firsts).size).toBe(firsts.length);
});

describe('distributions, within five standard errors', () => {
  test('uniform: mean 1/2, variance 1/12, all sixteen bins', () => {
    const values = randomStream(1, 'uniform').fillUniform(new Float32Array(samples));
    expectMoments(values, { mean: 1 / 2, variance: 1 / 12, fourth: 1 / 80 });
    const bins = new Uint32Array(16);
    for (const value of values) bins[Math.floor(value * 16)] = (bins[Math.floor(value * 16)] ?? 0) + 1;
    const expected = samples / 16;
    for (const bin of bins) expect(Math.abs(bin - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  test('normal: mean 0, variance 1, fourth moment 3, no correlation between neighbours', () => {
    const values = randomStream(1, 'normal').fillNormal(new Float32Array(samples));
    expectMoments(values, { mean: 0, variance: 1, fourth: 3 });
    let product = 0;
    for (let i = 1; i < samples; i++) product += (values[i] as number) * (values[i - 1] as number);
    expect(Math.abs(product / samples)).toBeLessThan(5 / Math.sqrt(samples));
  });

  test('truncated normal: nothing beyond two, variance 0.77374', () => {
    const values = randomStream(1, 'truncated').fillTruncatedNormal(new Float32Array(samples));
    expect(values.every((value) => Math.abs(value) <= 2)).toBe(true);
    // 1 − 4φ(2) / (2Φ(2) − 1); fourth moment 3 − (8 + 12)·… computed numerically: 1.4163
    expectMoments(values, { mean: 0, variance: 0.773741, fourth: 1.4163 });
  });

  test('integer: every value of an awkward bound equally often', () => {
    const stream = randomStream(1, 'integer');
    const counts = new Uint32Array(7);
    for (let i = 0; i < samples; i++) {
      const value = stream.integer(i, 7);
      counts[value] = (counts[value] as number) + 1;
    }
    for (const count of counts) expect(Math.abs(count - samples / 7)).toBeLessThan(5 * Math.sqrt(samples / 7));
  });

  test('integer: a bound of 3·2^30 is not biased to its lower half', () => {
    const stream = randomStream(1, 'large bound');
    const bound = 3 * 2 ** 30;
    let low = 0;
    for (let i = 0; i < samples; i++) if (stream.integer(i, bound) < bound / 2) low++;
    expect(Math.abs(low - samples / 2)).toBeLessThan((5 * Math.sqrt(samples)) / 2);
  });
});

test('a permutation holds every index once, for any length', () => {
  fc.assert(
    fc.property(fc.nat(500), fc.nat(), (length, seed) => {
      const order = randomStream(seed, 'order').permutation(length);
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
    }),
    { seed: 4, numRuns: deep ? 2000 : 100 },
  );
});

test('all 24 permutations of four are equally likely', () => {
  const counts = new Map<string, number>();
  const draws = samples / 10;
  for (let seed = 0; seed < draws; seed++) {
    const order = randomStream(seed, 'order').permutation(4).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  for (const count of counts.values()) expect(Math.abs(count - draws / 24)).toBeLessThan(5 * Math.sqrt(draws / 24));
});

test.each([0, -1, 2.5, 2 ** 32 + 1])('integer refuses the bound %d', (bound) => {
  expect(() => randomStream(1, 'x').integer(0, bound)).toThrow(
    `integer: bound must be a whole number from 1 to 2^32; received ${bound}.`,
  );
});

/** Mean and variance within five standard errors of what they should be (the error of the variance from the fourth central moment). */
function expectMoments(values: Float32Array, expected: { mean: number; variance: number; fourth: number }): void {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const variance = squares / values.length;
  expect(Math.abs(mean - expected.mean)).toBeLessThan(5 * Math.sqrt(expected.variance / values.length));
  expect(Math.abs(variance - expected.variance)).toBeLessThan(
    5 * Math.sqrt((expected.fourth - expected.variance ** 2) / values.length),
  );
}
