import * as tf from '@tensorflow/tfjs-core';
import { medians, type Subject } from './measure.ts';
import type { Yardstick } from './yardsticks.ts';

/** Passes that share their operands. */
export interface KernelCase {
  kernel: string;
  passes: Pass[];
  operands: tf.Tensor[];
}

/** One thing that a kernel does; its work in operations or in bytes, see {@link Yardstick}. */
export interface Pass extends Subject {
  work: number;
}

export interface KernelResult {
  kernel: string;
  pass: string;
  milliseconds: number;
  /** GFLOP/s, or GB/s. */
  rate: number;
  /** Of the yardstick, in the same rounds. */
  yardstick: number;
}

const batch = 64;

/** Each pass of a case, in alternation with the yardstick. */
export function measureCases(cases: Iterable<KernelCase>, rounds: number, yardstick: Yardstick): KernelResult[] {
  const results: KernelResult[] = [];
  for (const { kernel, passes, operands } of cases) {
    const times = medians([...passes, yardstick], rounds);
    const rateOf = ({ name, work }: Pass) => work / (times.get(name) ?? Number.NaN) / 1e6;
    for (const pass of passes) {
      const milliseconds = times.get(pass.name) ?? Number.NaN;
      results.push({ kernel, pass: pass.name, milliseconds, rate: rateOf(pass), yardstick: rateOf(yardstick) });
    }
    tf.dispose(operands);
  }
  return results;
}

/** Stride-1, `same` convolutions of the networks in networks.ts; operations are counted as direct, whatever the method. */
export function* convolutions(): Generator<KernelCase> {
  for (const { extent, channels, filters, kernel } of [
    { extent: 28, channels: 1, filters: 32, kernel: 3 },
    { extent: 32, channels: 3, filters: 16, kernel: 3 },
    { extent: 32, channels: 16, filters: 16, kernel: 3 },
    { extent: 14, channels: 32, filters: 64, kernel: 3 },
    { extent: 28, channels: 64, filters: 64, kernel: 3 },
    { extent: 28, channels: 1, filters: 64, kernel: 1 },
    { extent: 28, channels: 64, filters: 64, kernel: 1 },
  ]) {
    const x = normal([batch, extent, extent, channels]);
    const filter = normal([kernel, kernel, channels, filters]);
    const dy = normal([batch, extent, extent, filters]);
    const attrs = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1 };
    const work = 2 * batch * extent * extent * channels * filters * kernel * kernel;
    yield {
      kernel: `conv ${kernel}×${kernel} ${channels}→${filters}, ${extent}×${extent}`,
      operands: [x, filter, dy],
      passes: [
        { name: 'forward', work, run: kernelRun('Conv2D', { x, filter }, attrs) },
        {
          name: 'input gradient',
          work,
          run: kernelRun('Conv2DBackpropInput', { dy, filter }, { ...attrs, inputShape: x.shape }),
        },
        {
          name: 'filter gradient',
          work,
          run: kernelRun('Conv2DBackpropFilter', { x, dy }, { ...attrs, filterShape: filter.shape }),
        },
      ],
    };
  }
}

/** Depthwise 3×3 convolutions: nine operations for each value, so memory and loads bound them. */
export function* depthwiseConvolutions(): Generator<KernelCase> {
  for (const [extent, channels, strides] of [
    [32, 16, 1],
    [16, 64, 1],
    [8, 128, 1],
    [8, 512, 1],
    [32, 32, 2],
    [16, 256, 2],
  ] as const) {
    const x = normal([batch, extent, extent, channels]);
    const filter = normal([3, 3, channels, 1]);
    const dy = normal([batch, extent / strides, extent / strides, channels]);
    const attrs = { strides, pad: 'same', dilations: [1, 1], dimRoundingMode: undefined };
    const work = 2 * dy.size * 9;
    yield {
      kernel: `depthwise 3×3, ${channels} channels, ${extent}×${extent}, stride ${strides}`,
      operands: [x, filter, dy],
      passes: [
        { name: 'forward', work, run: kernelRun('DepthwiseConv2dNative', { x, filter }, attrs) },
        {
          name: 'input gradient',
          work,
          run: kernelRun('DepthwiseConv2dNativeBackpropInput', { dy, filter }, { ...attrs, inputShape: x.shape }),
        },
        {
          name: 'filter gradient',
          work,
          run: kernelRun('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { ...attrs, filterShape: filter.shape }),
        },
      ],
    };
  }
}

/** Products in all four transpositions: a square one, and the last layer of the residual network. */
export function* products(): Generator<KernelCase> {
  for (const [rows, depth, cols] of [
    [512, 512, 512],
    [64, 12_544, 10],
  ] as const) {
    const [a, aT] = [normal([1, rows, depth]), normal([1, depth, rows])];
    const [b, bT] = [normal([1, depth, cols]), normal([1, cols, depth])];
    const pass = (name: string, left: tf.Tensor, right: tf.Tensor): Pass => ({
      name,
      work: 2 * rows * depth * cols,
      run: kernelRun('BatchMatMul', { a: left, b: right }, { transposeA: left === aT, transposeB: right === bT }),
    });
    yield {
      kernel: `product ${rows}×${depth} · ${depth}×${cols}`,
      operands: [a, aT, b, bT],
      passes: [pass('a · b', a, b), pass('a · bᵀ', a, bT), pass('aᵀ · b', aT, b), pass('aᵀ · bᵀ', aT, bT)],
    };
  }
}

export function kernelRun(name: string, inputs: tf.NamedTensorMap, attrs: object): () => void {
  return () => tf.dispose(tf.engine().runKernel(name, inputs, { ...attrs }) as tf.Tensor | tf.Tensor[]);
}

export function normal(shape: readonly number[]): tf.Tensor {
  return tf.randomNormal([...shape]);
}
