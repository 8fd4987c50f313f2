import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { kernelNames } from '../ops/kernel-names.ts';
import type { WasmHeap } from './heap.ts';

type Inputs = Record<string, TensorInfo>;
type Compute = (inputs: Inputs, attrs: NamedAttrMap) => TensorInfo[];

/** Kernels of ops/group-norm.ts. Each gives y, means and inverse deviations, or the gradients in x, gamma and beta. */
export function groupNormKernels(heap: WasmHeap): Record<string, Compute> {
  const { kernels } = heap;
  const at = (tensor: TensorInfo | undefined) => heap.address(tensor as TensorInfo);
  return {
    [kernelNames.layerNorm]: ({ x, gamma, beta }, attrs) => {
      const { shape, rows, channels } = extentOf(x);
      const [y, means, inverses] = [heap.output(shape), heap.output([rows]), heap.output([rows])];
      const epsilon = attrs['epsilon'] as number;
      kernels.layerNorm(at(x), at(gamma), at(beta), at(y), at(means), at(inverses), rows, channels, epsilon);
      return [y, means, inverses];
    },
    [kernelNames.layerNormGrad]: ({ x, dy, gamma, means, inverses }) => {
      const { shape, rows, channels } = extentOf(x);
      const [dx, dGamma, dBeta] = [heap.output(shape), heap.output([channels]), heap.output([channels])];
      const [totals = 0] = heap.scratch(channels * 16);
      const saved = [at(gamma), at(means), at(inverses)] as const;
      kernels.layerNormGradient(at(x), at(dy), ...saved, at(dx), at(dGamma), at(dBeta), totals, rows, channels);
      return [dx, dGamma, dBeta];
    },
    [kernelNames.groupNorm]: ({ x, gamma, beta }, attrs) => {
      const { shape, batch, pixels, channels } = extentOf(x);
      const groups = attrs['groups'] as number;
      const [y, means, inverses] = [heap.output(shape), heap.output([batch, groups]), heap.output([batch, groups])];
      const [scratch = 0] = heap.scratch(channels * 20);
      const outputs = [at(y), at(means), at(inverses)] as const;
      const epsilon = attrs['epsilon'] as number;
      kernels.groupNorm(at(x), at(gamma), at(beta), ...outputs, scratch, batch, pixels, channels, groups, epsilon);
      return [y, means, inverses];
    },
    [kernelNames.groupNormGrad]: ({ x, dy, gamma, means, inverses }, attrs) => {
      const { shape, batch, pixels, channels } = extentOf(x);
      const [dx, dGamma, dBeta] = [heap.output(shape), heap.output([channels]), heap.output([channels])];
      const [scratch = 0] = heap.scratch(channels * 52);
      const saved = [at(gamma), at(means), at(inverses)] as const;
      const outputs = [at(dx), at(dGamma), at(dBeta)] as const;
      const groups = attrs['groups'] as number;
      kernels.groupNormGradient(at(x), at(dy), ...saved, ...outputs, scratch, batch, pixels, channels, groups);
      return [dx, dGamma, dBeta];
    },
  };
}

function extentOf(x: TensorInfo | undefined) {
  const { shape } = x as TensorInfo;
  const channels = shape.at(-1) ?? 1;
  const rows = shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
  const batch = shape[0] ?? 1;
  return { shape, rows, channels, batch, pixels: batch === 0 ? 0 : rows / batch };
}
