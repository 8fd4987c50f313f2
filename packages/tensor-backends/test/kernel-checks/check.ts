import { randomStream } from '@ablate/random';
import * as tf from '@tensorflow/tfjs-core';
import type * as fc from 'fast-check';

/** One call of a kernel, made-up: what it was asked, and how far it was from the same in double precision. */
export interface Sample {
  asked: string;
  /** Runs it on the current backend. See {@link errorOf}. */
  error(): number;
}

/** A kernel beside its reference. */
export interface KernelCheck {
  /** What it computes. */
  kernel: string;
  /** The file in assembly/ that computes it. */
  source: string;
  /** Error that is allowed: some three times the worst that was measured; 0 where the same bits are promised. */
  bound: number;
  samples: fc.Arbitrary<Sample>;
}

type Numbers = ArrayLike<number>;

/**
 * ‖got − want‖ ÷ ‖magnitude‖, where the magnitude of a sum is that of its terms without their signs: what rounding can be
 * measured by where a sum cancels. Where there is nothing (‖magnitude‖ = 0) any difference is infinite.
 */
export function errorOf(got: Numbers, want: Numbers, magnitude: Numbers): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < want.length; i++) {
    difference += (got[i]! - want[i]!) ** 2;
    norm += magnitude[i]! ** 2;
  }
  if (difference === 0) return 0;
  return norm === 0 ? Number.POSITIVE_INFINITY : Math.sqrt(difference / norm);
}

/** 0 where each value is the same, NaN included; else infinite. */
export function sameOrInfinite(got: Numbers, want: Numbers): number {
  const isSame = got.length === want.length && Array.from(want).every((value, i) => Object.is(got[i], value));
  return isSame ? 0 : Number.POSITIVE_INFINITY;
}

/** Normal numbers in single precision, the same for the same seed and name. */
export function normals(seed: number, name: string, shape: readonly number[]): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(randomStream(seed, name).fillNormal(new Float32Array(size)), [...shape], 'float32');
}

export const absolute = (values: Numbers): number[] => Array.from(values, Math.abs);

/** The values of what a kernel gives, freed. */
export function values(result: tf.Tensor): Float32Array {
  return result.dataSync() as Float32Array;
}
