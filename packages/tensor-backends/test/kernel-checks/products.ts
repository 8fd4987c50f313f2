import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { absolute, errorOf, type KernelCheck, normals, values } from './check.ts';

const few = fc.nat({ max: 40 });
const depths = fc.oneof({ weight: 5, arbitrary: fc.nat({ max: 70 }) }, fc.integer({ min: 500, max: 700 }));

/** [rows, depth] · [depth, cols] as they lie, in double precision. */
function product(a: ArrayLike<number>, b: ArrayLike<number>, rows: number, depth: number, cols: number): number[] {
  return Array.from({ length: rows * cols }, (_, at) => {
    let sum = 0;
    const [row, col] = [Math.floor(at / cols), at % cols];
    for (let k = 0; k < depth; k++) sum += a[row * depth + k]! * b[k * cols + col]!;
    return sum;
  });
}

export const productChecks: KernelCheck[] = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({
    kernel: `product ${transposeA ? 'aᵀ' : 'a'} · ${transposeB ? 'bᵀ' : 'b'}`,
    source: 'matmul.ts',
    bound: 3e-7,
    samples: fc.tuple(few, depths, few, fc.nat()).map(([rows, depth, cols, seed]) => ({
      asked: `[${rows}, ${depth}] · [${depth}, ${cols}], seed ${seed}`,
      error: () =>
        tf.tidy(() => {
          const [a, b] = [normals(seed, 'a', [rows, depth]), normals(seed, 'b', [depth, cols])];
          const [left, right] = [transposeA ? tf.transpose(a) : a, transposeB ? tf.transpose(b) : b];
          const got = values(tf.matMul(left, right, transposeA, transposeB));
          const [as, bs] = [a.dataSync(), b.dataSync()];
          const of = (x: ArrayLike<number>, y: ArrayLike<number>) => product(x, y, rows, depth, cols);
          return errorOf(got, of(as, bs), of(absolute(as), absolute(bs)));
        }),
    })),
  })),
);
