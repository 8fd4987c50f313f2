import { backend_util, type KernelConfig, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap } from './heap.ts';
import { isFloat, overStock, product } from './over-stock.ts';

/** Joining, splitting and repeating, which tfjs does row by row in JavaScript. What is not float32 stays with tfjs. */
export function copyKernels(heap: WasmHeap): KernelConfig[] {
  return [
    overStock('Concat', (inputs, attrs) => concat(heap, Object.values(inputs), attrs)),
    overStock('SplitV', ({ x }, attrs) => split(heap, x as TensorInfo, attrs)),
    overStock('Tile', ({ x }, attrs) => tile(heap, x as TensorInfo, attrs)),
  ];
}

function concat(heap: WasmHeap, inputs: TensorInfo[], attrs: NamedAttrMap): TensorInfo | null {
  const parts = inputs.filter(({ shape }) => product(shape) > 0);
  const [first] = parts;
  if (first === undefined || parts.length === 1 || !parts.every(isFloat)) return null;
  const axis = axisOf(first, attrs['axis'] as number);
  const shape = backend_util.computeOutShape(
    parts.map((part) => part.shape),
    axis,
  );
  const out = heap.output(shape);
  const [rows, width] = [product(shape.slice(0, axis)), product(shape.slice(axis))];
  let to = heap.address(out);
  for (const part of parts) {
    const length = product(part.shape.slice(axis));
    heap.kernels.copyRows(heap.address(part), to, rows, length, length, width);
    to += 4 * length;
  }
  return out;
}

function split(heap: WasmHeap, x: TensorInfo, attrs: NamedAttrMap): TensorInfo[] | null {
  if (!isFloat(x)) return null;
  const axis = axisOf(x, attrs['axis'] as number);
  const sizes = backend_util.prepareSplitSize(x, attrs['numOrSizeSplits'] as number | number[], axis);
  const [rows, width] = [product(x.shape.slice(0, axis)), product(x.shape.slice(axis))];
  const parts = sizes.map((extent) => heap.output(x.shape.with(axis, extent)));
  let from = heap.address(x);
  for (const part of parts) {
    const length = product(part.shape.slice(axis));
    heap.kernels.copyRows(from, heap.address(part), rows, length, width, length);
    from += 4 * length;
  }
  return parts;
}

/** Repeats along the first axis alone. */
function tile(heap: WasmHeap, x: TensorInfo, attrs: NamedAttrMap): TensorInfo | null {
  const [times = 1, ...others] = attrs['reps'] as number[];
  if (!isFloat(x) || x.shape.length !== others.length + 1 || others.some((more) => more !== 1)) return null;
  const size = product(x.shape);
  const out = heap.output(x.shape.with(0, (x.shape[0] ?? 1) * times));
  heap.kernels.copyRows(heap.address(x), heap.address(out), times, size, 0, size);
  return out;
}

function axisOf({ shape }: TensorInfo, axis: number): number {
  return axis < 0 ? axis + shape.length : axis;
}
