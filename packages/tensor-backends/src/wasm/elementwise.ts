import { broadcast_util, type KernelConfig, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';
import { kernelNames } from '../ops/kernel-names.ts';
import type { WasmHeap } from './heap.ts';
import { type Inputs, isFloat, overStock, product } from './over-stock.ts';

/** Codes of `valueFunction` in assembly/functions.ts. */
const FUNCTIONS = { Exp: 0, Log: 1, Tanh: 2, Softplus: 3, Erf: 4 } as const;
/** The same of our own ops, and of `valueFunctionGradient`. */
const [MISH, GELU] = [5, 6];
/** Codes of `pairFunction` in assembly/broadcast.ts; from 3 on the result is boolean. */
const PAIRS = {
  Maximum: 0,
  Minimum: 1,
  Prelu: 2,
  Equal: 3,
  NotEqual: 4,
  Greater: 5,
  GreaterEqual: 6,
  Less: 7,
  LessEqual: 8,
} as const;
const BOOLEAN_FROM = 3;

/**
 * Kernels of tfjs that take one value at a time: ten to a hundred times faster here. What is not float32 stays with tfjs.
 */
export function elementwiseKernels(heap: WasmHeap): KernelConfig[] {
  const functions = Object.entries(FUNCTIONS).map(([name, code]) =>
    overStock(name, ({ x }) => (isFloat(x) ? valueFunction(heap, code, x as TensorInfo) : null)),
  );
  const pairs = Object.entries(PAIRS).map(([name, code]) =>
    overStock(name, (inputs) => {
      const [a, b] = name === 'Prelu' ? [inputs['x'], inputs['alpha']] : [inputs['a'], inputs['b']];
      return isFloat(a) && isFloat(b) ? pairFunction(heap, code, a as TensorInfo, b as TensorInfo) : null;
    }),
  );
  return [
    ...functions,
    ...pairs,
    overStock('LeakyRelu', ({ x }, attrs) => (isFloat(x) ? leakyRelu(heap, x as TensorInfo, attrs) : null)),
  ];
}

/** Kernels of ops/smooth-rectifiers.ts. */
export function smoothRectifierKernels(heap: WasmHeap): Record<string, (inputs: Inputs) => TensorInfo> {
  const forward = (code: number) => (inputs: Inputs) => valueFunction(heap, code, inputs['x'] as TensorInfo);
  const backward = (code: number) => (inputs: Inputs) => {
    const { x, dy } = inputs as Record<'x' | 'dy', TensorInfo>;
    const out = heap.output(x.shape);
    heap.kernels.valueFunctionGradient(code, heap.address(x), heap.address(dy), heap.address(out), product(x.shape));
    return out;
  };
  return {
    [kernelNames.mish]: forward(MISH),
    [kernelNames.mishGrad]: backward(MISH),
    [kernelNames.gelu]: forward(GELU),
    [kernelNames.geluGrad]: backward(GELU),
  };
}

function valueFunction(heap: WasmHeap, code: number, x: TensorInfo): TensorInfo {
  const out = heap.output(x.shape);
  heap.kernels.valueFunction(code, heap.address(x), heap.address(out), product(x.shape));
  return out;
}

function leakyRelu(heap: WasmHeap, x: TensorInfo, attrs: NamedAttrMap): TensorInfo {
  const out = heap.output(x.shape);
  heap.kernels.leakyRelu(heap.address(x), heap.address(out), product(x.shape), attrs['alpha'] as number);
  return out;
}

function pairFunction(heap: WasmHeap, code: number, a: TensorInfo, b: TensorInfo): TensorInfo {
  const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const out = heap.output(shape, code < BOOLEAN_FROM ? 'float32' : 'bool');
  const axes = sharedAxes(shape, a.shape, b.shape);
  const inner = [...Array.from({ length: 4 }, () => ({ extent: 1, a: 0, b: 0 })), ...axes.slice(-4)].slice(-4);
  const [extents, stepsA, stepsB] = (['extent', 'a', 'b'] as const).map(
    (part) => inner.map((axis) => axis[part]) as Four,
  );
  const bytes = (code < BOOLEAN_FROM ? 4 : 1) * product(extents as Four);
  let to = heap.address(out);
  // The kernel walks through four axes.
  for (const place of places(axes.slice(0, -4))) {
    const [fromA, fromB] = [heap.address(a) + 4 * place.a, heap.address(b) + 4 * place.b];
    heap.kernels.pairFunction(code, fromA, fromB, to, ...(extents as Four), ...(stepsA as Four), ...(stepsB as Four));
    to += bytes;
  }
  return out;
}

type Four = [number, number, number, number];

/** An axis that two tensors are walked along: its extent, and how far each moves on, in values. */
interface SharedAxis {
  extent: number;
  a: number;
  b: number;
}

/** How two tensors are walked through to fill a shape. Axes that both walk through like one are one. */
function sharedAxes(shape: readonly number[], a: readonly number[], b: readonly number[]): SharedAxis[] {
  const [stepsA, stepsB] = [stepsOf(shape, a), stepsOf(shape, b)];
  const axes: SharedAxis[] = [];
  for (const [axis, extent] of shape.entries()) {
    if (extent === 1) continue;
    const [stepA = 0, stepB = 0] = [stepsA[axis], stepsB[axis]];
    const last = axes.at(-1);
    if (last !== undefined && last.a === stepA * extent && last.b === stepB * extent) {
      axes[axes.length - 1] = { extent: last.extent * extent, a: stepA, b: stepB };
    } else {
      axes.push({ extent, a: stepA, b: stepB });
    }
  }
  return axes;
}

/** Where both tensors are at each place of these axes, in order. */
function places([axis, ...rest]: readonly SharedAxis[]): { a: number; b: number }[] {
  if (axis === undefined) return [{ a: 0, b: 0 }];
  const inner = places(rest);
  return Array.from({ length: axis.extent }, (_, i) =>
    inner.map(({ a, b }) => ({ a: a + i * axis.a, b: b + i * axis.b })),
  ).flat();
}

/** Values from one element of an axis of `shape` to the next in a tensor that is broadcast to it. */
function stepsOf(shape: readonly number[], own: readonly number[]): number[] {
  const steps = shape.map(() => 0);
  let step = 1;
  for (let back = 1; back <= own.length; back++) {
    const extent = own.at(-back) ?? 1;
    if (extent > 1) steps[shape.length - back] = step;
    step *= extent;
  }
  return steps;
}
