import { backend_util, getKernel, type KernelConfig, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap } from './heap.ts';

/** Kernels of tfjs that divide by an extent of 0 where their input is empty. */
const REDUCTIONS = ['Max', 'Mean', 'Min', 'Sum'] as const;

/**
 * tfjs's reductions, which an empty batch does not stop; call it before they are replaced. The mean over the pixels of
 * images [batch, height, width, channels] is our own: tfjs transposes them first.
 */
export function reductionKernels(heap: WasmHeap): KernelConfig[] {
  return REDUCTIONS.map((kernelName) => {
    const stock = getKernel(kernelName, 'wasm');
    return {
      ...stock,
      kernelFunc: (call) => {
        const x = call.inputs['x'] as TensorInfo;
        const attrs = call.attrs ?? {};
        const { axes, shape } = reduced(x, attrs);
        if (shape.includes(0)) return heap.output(shape, x.dtype);
        // tfjs leaves the memory as it finds it.
        if (x.shape.includes(0) && x.dtype === 'float32') return ofNothing(heap, kernelName, shape);
        if (kernelName === 'Mean' && x.dtype === 'float32' && x.shape.length === 4 && axes.join() === '1,2') {
          return pixelMeans(heap, x, shape);
        }
        return stock.kernelFunc(call);
      },
    };
  });
}

/** What the cpu backend has. */
function ofNothing(heap: WasmHeap, kernelName: (typeof REDUCTIONS)[number], shape: number[]): TensorInfo {
  const value = kernelName === 'Sum' || kernelName === 'Mean' ? 0 : Number.NaN;
  const out = heap.output(shape);
  heap
    .floats(
      heap.address(out),
      shape.reduce((a, b) => a * b, 1),
    )
    .fill(value);
  return out;
}

function reduced({ shape }: TensorInfo, attrs: NamedAttrMap): { axes: number[]; shape: number[] } {
  const axis = (attrs['axis'] ?? attrs['reductionIndices']) as number | number[];
  const all = shape.map((_, i) => i);
  const axes = axis === undefined || axis === null ? all : [axis].flat().map((i) => (i < 0 ? i + shape.length : i));
  axes.sort((a, b) => a - b);
  const [kept] = backend_util.computeOutAndReduceShapes([...shape], axes);
  return { axes, shape: attrs['keepDims'] === true ? backend_util.expandShapeToKeepDim(kept, axes) : kept };
}

function pixelMeans(heap: WasmHeap, x: TensorInfo, shape: number[]): TensorInfo {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const out = heap.output(shape);
  const [totals = 0] = heap.scratch(channels * 8);
  const pixels = height * width;
  const [from, to] = [heap.address(x), heap.address(out)];
  for (let image = 0; image < batch; image++) {
    heap.kernels.columnSums(from + image * pixels * channels * 4, to + image * channels * 4, totals, pixels, channels);
  }
  const values = heap.floats(to, batch * channels);
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / pixels;
  return out;
}
