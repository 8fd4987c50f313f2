import type { KernelConfig, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { backend_util } from '@tensorflow/tfjs-core';
import { type ConvAttrs, type ConvGeometry, convGeometry } from '../conv-geometry.ts';
import type { DropoutPlace } from '../ops/dropout.ts';
import { kernelNames } from '../ops/kernel-names.ts';
import { crossEntropyOf } from '../ops/softmax-cross-entropy.ts';
import { activationKernels } from './activations.ts';
import { batchNormKernels } from './batch-norm.ts';
import { convolve, convolveFilterGradient, convolveInputGradient } from './conv2d.ts';
import { depthwise, depthwiseFilterGradient, depthwiseInputGradient } from './depthwise.ts';
import { smoothRectifierKernels } from './elementwise.ts';
import { groupNormKernels } from './group-norm.ts';
import type { WasmHeap } from './heap.ts';
import { lossKernels } from './losses.ts';
import { optimizerKernels } from './optimizers.ts';
import { averagePoolGradient, maxPool, maxPoolGradient } from './pooling.ts';
import { batchMatMul } from './products.ts';

type Inputs = Record<string, TensorInfo>;
type Compute = (inputs: Inputs, attrs: NamedAttrMap) => TensorInfo | TensorInfo[];

/** Kernels for backend "wasm" on a heap: those that tfjs lacks, does wrong or slowly, and those of our own ops. */
export function wasmKernels(heap: WasmHeap): KernelConfig[] {
  const kernels: Record<string, Compute> = {
    ...convolutionKernels(heap),
    ...productKernels(heap),
    ...otherKernels(heap),
    ...activationKernels(heap),
    ...smoothRectifierKernels(heap),
    ...batchNormKernels(heap),
    ...groupNormKernels(heap),
    ...lossKernels(heap),
    ...optimizerKernels(heap),
  };
  return Object.entries(kernels).map(([kernelName, compute]) => ({
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => compute(inputs as Inputs, attrs ?? {}),
  }));
}

function convolutionKernels(heap: WasmHeap): Record<string, Compute> {
  const geometry = (
    kernel: string,
    x: readonly number[],
    filter: readonly number[],
    attrs: NamedAttrMap,
    deep = false,
  ) => convGeometry(kernel, x, filter, attrs as NamedAttrMap & ConvAttrs, deep);
  return {
    Conv2D: ({ x, filter }: Inputs, attrs) =>
      convolve(heap, x as TensorInfo, filter as TensorInfo, geometry('conv2d', shapeOf(x), shapeOf(filter), attrs)),
    FusedConv2D: ({ x, filter, bias, preluActivationWeights }: Inputs, attrs) => {
      const g = geometry('conv2d', shapeOf(x), shapeOf(filter), attrs);
      refusePrelu('conv2d', preluActivationWeights);
      checkBias(bias, g.outChannels);
      const epilogue = { bias: bias ? heap.address(bias) : 0, activation: ACTIVATIONS[activationOf(attrs)] ?? 0 };
      const out = convolve(heap, x as TensorInfo, filter as TensorInfo, g, epilogue);
      applyRest(heap, out, attrs);
      return out;
    },
    Conv2DBackpropInput: ({ dy, filter }: Inputs, attrs) => {
      const g = geometry('conv2d gradient', attrs['inputShape'] as number[], shapeOf(filter), attrs);
      return convolveInputGradient(heap, dy as TensorInfo, filter as TensorInfo, g);
    },
    Conv2DBackpropFilter: ({ x, dy }: Inputs, attrs) => {
      const g = geometry('conv2d gradient', shapeOf(x), attrs['filterShape'] as number[], attrs);
      return convolveFilterGradient(heap, x as TensorInfo, dy as TensorInfo, g);
    },
    DepthwiseConv2dNative: ({ x, filter }: Inputs, attrs) =>
      depthwise(
        heap,
        x as TensorInfo,
        filter as TensorInfo,
        geometry('depthwiseConv2d', shapeOf(x), shapeOf(filter), attrs, true),
      ),
    FusedDepthwiseConv2D: ({ x, filter, bias, preluActivationWeights }: Inputs, attrs) => {
      const g = geometry('depthwiseConv2d', shapeOf(x), shapeOf(filter), attrs, true);
      refusePrelu('depthwiseConv2d', preluActivationWeights);
      return finish(heap, depthwise(heap, x as TensorInfo, filter as TensorInfo, g), g.outChannels, bias, attrs);
    },
    DepthwiseConv2dNativeBackpropInput: ({ dy, filter }: Inputs, attrs) => {
      const g = geometry('depthwiseConv2d gradient', attrs['inputShape'] as number[], shapeOf(filter), attrs, true);
      return depthwiseInputGradient(heap, dy as TensorInfo, filter as TensorInfo, g);
    },
    DepthwiseConv2dNativeBackpropFilter: ({ x, dy }: Inputs, attrs) => {
      const g = geometry('depthwiseConv2d gradient', shapeOf(x), attrs['filterShape'] as number[], attrs, true);
      return depthwiseFilterGradient(heap, x as TensorInfo, dy as TensorInfo, g);
    },
    MaxPool: ({ x }: Inputs, attrs) => {
      const { dtype } = x as TensorInfo;
      if (dtype !== 'float32') throw new Error(`maxPool: the input must be float32; received ${dtype}. Cast it.`);
      return maxPool(heap, x as TensorInfo, poolGeometry(x, attrs));
    },
    [kernelNames.maxPoolRelu]: ({ x, bias }: Inputs, attrs) => {
      const epilogue = { bias: bias ? heap.address(bias) : 0, activation: RELU };
      return maxPool(heap, x as TensorInfo, poolGeometry(x, attrs), epilogue);
    },
    AvgPoolGrad: ({ dy, input }: Inputs, attrs) =>
      averagePoolGradient(heap, dy as TensorInfo, poolGeometry(input, attrs)),
    MaxPoolGrad: ({ dy, input }: Inputs, attrs) =>
      maxPoolGradient(heap, dy as TensorInfo, input as TensorInfo, poolGeometry(input, attrs)),
  };
}

function poolGeometry(input: TensorInfo | undefined, attrs: NamedAttrMap): ConvGeometry {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as NamedAttrMap & {
    filterSize: [number, number];
  } & ConvAttrs;
  const shape = shapeOf(input) as [number, number, number, number];
  return backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
}

function productKernels(heap: WasmHeap): Record<string, Compute> {
  return {
    BatchMatMul: ({ a, b }: Inputs, attrs) =>
      batchMatMul(heap, a as TensorInfo, b as TensorInfo, attrs['transposeA'] === true, attrs['transposeB'] === true),
    _FusedMatMul: ({ a, b, bias, preluActivationWeights }: Inputs, attrs) => {
      refusePrelu('matMul', preluActivationWeights);
      const out = batchMatMul(
        heap,
        a as TensorInfo,
        b as TensorInfo,
        attrs['transposeA'] === true,
        attrs['transposeB'] === true,
      );
      return finish(heap, out, out.shape.at(-1) ?? 1, bias, attrs);
    },
  };
}

function otherKernels(heap: WasmHeap): Record<string, Compute> {
  const { kernels } = heap;
  return {
    // tfjs clones every tensor that it saves for a gradient, and its kernel copies the values.
    Identity: ({ x }: Inputs) => heap.alias(x as TensorInfo, shapeOf(x)),
    UnsortedSegmentSum: ({ x, segmentIds }: Inputs, attrs) => {
      const segments = attrs['numSegments'] as number;
      const [rows = 0, ...inner] = shapeOf(x);
      const out = heap.output([segments, ...inner]);
      kernels.segmentSum(
        heap.address(x as TensorInfo),
        heap.address(segmentIds as TensorInfo),
        heap.address(out),
        rows,
        sizeOf(inner),
        segments,
      );
      return out;
    },
    [kernelNames.softmaxGrad]: ({ y, dy }: Inputs) => {
      const shape = shapeOf(y);
      const width = shape.at(-1) ?? 1;
      const out = heap.output(shape);
      const [from, given] = [heap.address(y as TensorInfo), heap.address(dy as TensorInfo)];
      kernels.softmaxGradient(from, given, heap.address(out), sizeOf(shape) / Math.max(1, width), width);
      return out;
    },
    [kernelNames.dropout]: ({ x }: Inputs, attrs) =>
      dropped(heap, shapeOf(x), heap.address(x as TensorInfo), attrs as NamedAttrMap & DropoutPlace),
    [kernelNames.dropoutMask]: (_inputs, attrs) =>
      dropped(heap, attrs['shape'] as number[], 0, attrs as NamedAttrMap & DropoutPlace),
    [kernelNames.softmaxCrossEntropy]: ({ logits, labels }: Inputs, attrs) => {
      const [rows = 0, classes = 0] = shapeOf(logits);
      const [loss, correct, gradient] = [heap.output([]), heap.output([]), heap.output([rows, classes])];
      const result = crossEntropyOf(
        heap.floats(heap.address(logits as TensorInfo), rows * classes),
        heap.ints(heap.address(labels as TensorInfo), rows),
        classes,
        attrs['count'] as number,
        heap.floats(heap.address(gradient), rows * classes),
      );
      heap.floats(heap.address(loss), 1)[0] = result.loss;
      heap.floats(heap.address(correct), 1)[0] = result.correct;
      return [loss, correct, gradient];
    },
  };
}

/** x · mask, or the mask where x is 0. */
function dropped(heap: WasmHeap, shape: number[], x: number, { rate, key, step, row }: DropoutPlace): TensorInfo {
  const out = heap.output(shape);
  const rows = shape[0] ?? 1;
  const width = rows === 0 ? 0 : sizeOf(shape) / rows;
  const [low, high] = [step >>> 0, Math.floor(step / 2 ** 32)];
  heap.kernels.dropout(x, heap.address(out), rows, width, key[0], key[1], row, low, high, rate, 1 / (1 - rate));
  return out;
}

function shapeOf(tensor: TensorInfo | undefined): number[] {
  return (tensor as TensorInfo).shape;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * extent, 1);
}

const RELU = 1;
const ACTIVATIONS: Readonly<Record<string, number>> = { linear: 0, relu: RELU, relu6: 2 };

/** Adds the bias and applies the activation in place. */
function finish(
  heap: WasmHeap,
  out: TensorInfo,
  channels: number,
  bias: TensorInfo | undefined,
  attrs: NamedAttrMap,
): TensorInfo {
  const code = ACTIVATIONS[activationOf(attrs)] ?? 0;
  const rows = sizeOf(out.shape) / Math.max(1, channels);
  checkBias(bias, channels);
  if (bias || code > 0) heap.kernels.addBias(heap.address(out), bias ? heap.address(bias) : 0, rows, channels, code);
  applyRest(heap, out, attrs);
  return out;
}

function activationOf(attrs: NamedAttrMap): string {
  return (attrs['activation'] ?? 'linear') as string;
}

function checkBias(bias: TensorInfo | undefined, channels: number): void {
  if (bias !== undefined && bias !== null && sizeOf(bias.shape) !== channels) {
    throw new Error(`fused bias: must have ${channels} values; received shape [${bias.shape}].`);
  }
}

/** Activations that only inference fuses. */
function applyRest(heap: WasmHeap, out: TensorInfo, attrs: NamedAttrMap): void {
  const activation = activationOf(attrs);
  if (activation in ACTIVATIONS) return;
  const alpha = (attrs['leakyreluAlpha'] ?? 0.2) as number;
  const values = heap.floats(heap.address(out), sizeOf(out.shape));
  const functions: Record<string, (value: number) => number> = {
    elu: (value) => (value >= 0 ? value : Math.expm1(value)),
    sigmoid: (value) => 1 / (1 + Math.exp(-value)),
    leakyrelu: (value) => (value >= 0 ? value : alpha * value),
  };
  const apply = functions[activation];
  if (apply === undefined) throw new Error(`fused activation: unknown "${activation}". Apply it as an op of its own.`);
  for (const [i, value] of values.entries()) values[i] = apply(value);
}

function refusePrelu(op: string, weights: TensorInfo | undefined): void {
  if (weights)
    throw new Error(`fused ${op}: prelu can't be fused on backend wasm. Apply tf.prelu as an op of its own.`);
}
