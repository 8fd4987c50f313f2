import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { kernelNames } from '../ops/kernel-names.ts';
import type { WasmHeap } from './heap.ts';

type Inputs = Record<string, TensorInfo>;
type Compute = (inputs: Inputs, attrs: NamedAttrMap) => TensorInfo | TensorInfo[];

/** The largest single-precision number below 6: ReLU6 lets gradients through up to it. */
const BELOW_SIX = 6 - 2 ** -21;

/** Activations, fused with the sum before them or with the bias's gradient. */
export function activationKernels(heap: WasmHeap): Record<string, Compute> {
  const { kernels } = heap;
  return {
    [kernelNames.addRelu]: (inputs) => {
      const { a, b } = inputs as Record<'a' | 'b', TensorInfo>;
      const out = heap.output(a.shape);
      kernels.addRelu(heap.address(a), heap.address(b), heap.address(out), sizeOf(a.shape));
      return out;
    },
    [kernelNames.reluGrad]: (inputs) => {
      const { y, dy } = inputs as Record<'y' | 'dy', TensorInfo>;
      const out = heap.output(y.shape);
      kernels.reluGradient(heap.address(y), heap.address(dy), heap.address(out), sizeOf(y.shape));
      return out;
    },
    [kernelNames.columnSums]: (inputs) => {
      const { x } = inputs as Record<'x', TensorInfo>;
      const channels = x.shape.at(-1) ?? 1;
      const out = heap.output([channels]);
      const [totals = 0] = heap.scratch(channels * 8);
      kernels.columnSums(heap.address(x), heap.address(out), totals, sizeOf(x.shape) / Math.max(1, channels), channels);
      return out;
    },
    [kernelNames.biasActivationGrad]: (inputs, attrs) => {
      const { y, dy } = inputs as Record<'y' | 'dy', TensorInfo>;
      const channels = y.shape.at(-1) ?? 1;
      const [before, bias] = [heap.output(y.shape), heap.output([channels])];
      const [totals = 0] = heap.scratch(channels * 8);
      kernels.biasActivationGradient(
        heap.address(y),
        heap.address(dy),
        heap.address(before),
        heap.address(bias),
        totals,
        sizeOf(y.shape) / Math.max(1, channels),
        channels,
        attrs['activation'] === 'relu6' ? BELOW_SIX : Number.POSITIVE_INFINITY,
      );
      return [before, bias];
    },
  };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * extent, 1);
}
