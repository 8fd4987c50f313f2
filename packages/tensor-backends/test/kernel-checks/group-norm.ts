import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { groupNorm, layerNorm } from '../../src/index.ts';
import { errorOf, type KernelCheck, normals, values } from './check.ts';

const EPSILON = 1e-3;

interface Asked {
  batch: number;
  pixels: [number, number];
  groups: number;
  size: number;
  mean: number;
  deviation: number;
  seed: number;
}

const asked: fc.Arbitrary<Asked> = fc.record({
  batch: fc.integer({ min: 1, max: 5 }),
  pixels: fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })),
  groups: fc.integer({ min: 1, max: 4 }),
  size: fc.integer({ min: 1, max: 9 }),
  mean: fc.constantFrom(0, 1, -10),
  deviation: fc.constantFrom(0.1, 1, 5),
  seed: fc.nat(),
});

type Numbers = ArrayLike<number>;

/**
 * The normalization of each of `sets` (indices of x that share their statistics) and its gradients, in double precision,
 * with what they are summed of.
 */
function reference(x: Numbers, dy: Numbers, gamma: Numbers, beta: Numbers, sets: readonly number[][]) {
  const channels = gamma.length;
  const zeros = (length: number) => Array.from({ length }, () => 0);
  const [y, yTerms, dx, dxTerms] = [x, x, x, x].map(({ length }) => zeros(length)) as [
    number[],
    number[],
    number[],
    number[],
  ];
  const [dGamma, gammaTerms, dBeta, betaTerms] = [0, 0, 0, 0].map(() => zeros(channels));
  for (const set of sets) {
    const n = set.length;
    const meanOf = (f: (i: number) => number) => set.reduce((sum, i) => sum + f(i), 0) / n;
    const mean = meanOf((i) => x[i]!);
    const inverse = 1 / Math.sqrt(meanOf((i) => (x[i]! - mean) ** 2) + EPSILON);
    const s = (i: number) => (x[i]! - mean) * inverse;
    // What it is rounded by: both are rounded before they are taken from each other.
    const sTerm = (i: number) => (Math.abs(x[i]!) + Math.abs(mean)) * inverse;
    const weight = (i: number) => gamma[i % channels]!;
    const [a, b] = [meanOf((i) => weight(i) * dy[i]!), meanOf((i) => weight(i) * dy[i]! * s(i))];
    const aTerm = meanOf((i) => Math.abs(weight(i) * dy[i]!));
    const bTerm = meanOf((i) => Math.abs(weight(i) * dy[i]!) * sTerm(i));
    for (const i of set) {
      const c = i % channels;
      y[i] = s(i) * weight(i) + beta[c]!;
      yTerms[i] = sTerm(i) * Math.abs(weight(i)) + Math.abs(beta[c]!);
      dx[i] = inverse * (weight(i) * dy[i]! - a - s(i) * b);
      dxTerms[i] = inverse * (Math.abs(weight(i) * dy[i]!) + aTerm + sTerm(i) * bTerm);
      dGamma![c]! += dy[i]! * s(i);
      gammaTerms![c]! += Math.abs(dy[i]!) * sTerm(i);
      dBeta![c]! += dy[i]!;
      betaTerms![c]! += Math.abs(dy[i]!);
    }
  }
  return { y: [y, yTerms], x: [dx, dxTerms], gamma: [dGamma!, gammaTerms!], beta: [dBeta!, betaTerms!] } as const;
}

/** Indices of [batch, pixels, groups · size] that share their statistics. */
function setsOf({ batch, pixels: [height, width], groups, size }: Asked, kind: 'layer' | 'group'): number[][] {
  const channels = groups * size;
  const sets = new Map<string, number[]>();
  for (let i = 0; i < batch * height * width * channels; i++) {
    const row = Math.floor(i / channels);
    const key = kind === 'layer' ? row : `${Math.floor(row / (height * width))} ${Math.floor((i % channels) / size)}`;
    const set = sets.get(String(key));
    if (set === undefined) sets.set(String(key), [i]);
    else set.push(i);
  }
  return [...sets.values()];
}

function errors(c: Asked, kind: 'layer' | 'group') {
  const channels = c.groups * c.size;
  const shape = [c.batch, ...c.pixels, channels];
  const x = tf.add(tf.mul(normals(c.seed, 'x', shape), c.deviation), c.mean);
  const dy = normals(c.seed, 'dy', shape);
  const [gamma, beta] = [normals(c.seed, 'gamma', [channels]), normals(c.seed, 'beta', [channels])];
  const forward = (a: tf.Tensor, g: tf.Tensor, b: tf.Tensor) =>
    kind === 'layer'
      ? layerNorm(a, g as tf.Tensor1D, b as tf.Tensor1D, EPSILON)
      : groupNorm(a as tf.Tensor4D, g as tf.Tensor1D, b as tf.Tensor1D, c.groups, EPSILON);
  const want = reference(values(x), values(dy), values(gamma), values(beta), setsOf(c, kind));
  const gradients = tf.grads(forward)([x, gamma, beta], dy);
  const parts = { y: forward(x, gamma, beta), x: gradients[0]!, gamma: gradients[1]!, beta: gradients[2]! };
  return (part: keyof typeof parts) => errorOf(values(parts[part]), want[part][0], want[part][1]);
}

function check(kind: 'layer' | 'group', part: 'y' | 'gradients', bound: number): KernelCheck {
  return {
    kernel: `${kind} norm${part === 'y' ? '' : ', gradients'}`,
    source: 'group-norm.ts',
    bound,
    samples: asked.map((c) => ({
      asked: `[${c.batch}, ${c.pixels}, ${c.groups} × ${c.size}], ${c.mean} ± ${c.deviation}, seed ${c.seed}`,
      error: () =>
        tf.tidy(() => {
          const of = errors(c, kind);
          return part === 'y' ? of('y') : Math.max(of('x'), of('gamma'), of('beta'));
        }),
    })),
  };
}

export const groupNormChecks: KernelCheck[] = [
  check('layer', 'y', 1e-6),
  check('layer', 'gradients', 1e-6),
  check('group', 'y', 1e-6),
  check('group', 'gradients', 1e-6),
];
