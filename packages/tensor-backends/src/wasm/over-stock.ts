import { getKernel, type KernelConfig, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';

export type Inputs = Record<string, TensorInfo>;

/**
 * A kernel over tfjs's of that name, which takes what ours leaves; call it before it is replaced.
 *
 * @param compute Null leaves it to tfjs's kernel.
 */
export function overStock(
  kernelName: string,
  compute: (inputs: Inputs, attrs: NamedAttrMap) => TensorInfo | TensorInfo[] | null,
): KernelConfig {
  const stock = getKernel(kernelName, 'wasm');
  return {
    ...stock,
    kernelFunc: (call) => compute(call.inputs as Inputs, call.attrs ?? {}) ?? stock.kernelFunc(call),
  };
}

export function isFloat(tensor: TensorInfo | undefined): boolean {
  return tensor?.dtype === 'float32';
}

export function product(extents: readonly number[]): number {
  return extents.reduce((size, extent) => size * extent, 1);
}
