import type { DataId, DataType, KernelConfig, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { backend_util } from '@tensorflow/tfjs-core';
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { type ConvAttrs, type ConvGeometry, convGeometry } from '../conv-geometry.ts';
import { type DropoutPlace, fillMask } from '../ops/dropout.ts';
import { kernelNames } from '../ops/kernel-names.ts';
import { crossEntropyOf } from '../ops/softmax-cross-entropy.ts';
import { gradients, moments, move, normalize, scaled, sums } from './batch-norm.ts';
import { convolve, convolveFilterGradient, convolveInputGradient } from './conv2d.ts';
import { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise.ts';
import { lossKernels } from './losses.ts';
import { optimizerKernels } from './optimizers.ts';
import { maxPool, maxPoolGradient } from './pooling.ts';

type Values = Float32Array | Int32Array;
type Inputs = Record<string, TensorInfo>;

/** What a kernel computes with: the values of its inputs, and new tensors. */
interface Cpu {
  floats(tensor: TensorInfo | undefined): Float32Array;
  ints(tensor: TensorInfo | undefined): Int32Array;
  make(shape: readonly number[], values: Values, dtype?: DataType): TensorInfo;
}

type Compute = (inputs: Inputs, attrs: NamedAttrMap, cpu: Cpu) => TensorInfo | TensorInfo[];

/** Kernels for backend "cpu": convolutions that people can use, and those of our own ops. */
export function cpuKernels(): KernelConfig[] {
  return Object.entries(kernels).map(([kernelName, compute]) => ({
    kernelName,
    backendName: 'cpu',
    kernelFunc: ({ inputs, attrs, backend }) =>
      compute(inputs as Inputs, attrs ?? {}, access(backend as MathBackendCPU)),
  }));
}

function access(backend: MathBackendCPU): Cpu {
  const values = (dataId: DataId) => backend.data.get(dataId).values as Values;
  return {
    floats: (tensor) => values((tensor as TensorInfo).dataId) as Float32Array,
    ints: (tensor) => values((tensor as TensorInfo).dataId) as Int32Array,
    make: (shape, content, dtype = 'float32') => backend.makeTensorInfo([...shape], dtype, content),
  };
}

const kernels: Record<string, Compute> = {
  Conv2D: ({ x, filter }, attrs, cpu) => {
    const g = convGeometry('conv2d', shapeOf(x), shapeOf(filter), attrs as NamedAttrMap & ConvAttrs);
    return cpu.make(g.outShape, convolve(cpu.floats(x), cpu.floats(filter), g));
  },
  Conv2DBackpropInput: ({ dy, filter }, attrs, cpu) => {
    const g = convGeometry(
      'conv2d gradient',
      attrs['inputShape'] as number[],
      shapeOf(filter),
      attrs as NamedAttrMap & ConvAttrs,
    );
    return cpu.make(g.inShape, convolveInputGradient(cpu.floats(dy), cpu.floats(filter), g));
  },
  Conv2DBackpropFilter: ({ x, dy }, attrs, cpu) => {
    const g = convGeometry(
      'conv2d gradient',
      shapeOf(x),
      attrs['filterShape'] as number[],
      attrs as NamedAttrMap & ConvAttrs,
    );
    return cpu.make(g.filterShape, convolveFilterGradient(cpu.floats(x), cpu.floats(dy), g));
  },
  DepthwiseConv2dNativeBackpropInput: ({ dy, filter }, attrs, cpu) => {
    const inShape = attrs['inputShape'] as number[];
    const options = attrs as NamedAttrMap & ConvAttrs;
    const g = convGeometry('depthwiseConv2d gradient', inShape, shapeOf(filter), options, true);
    return cpu.make(g.inShape, depthwiseInputGradient(cpu.floats(dy), cpu.floats(filter), g));
  },
  DepthwiseConv2dNativeBackpropFilter: ({ x, dy }, attrs, cpu) => {
    const filterShape = attrs['filterShape'] as number[];
    const options = attrs as NamedAttrMap & ConvAttrs;
    const g = convGeometry('depthwiseConv2d gradient', shapeOf(x), filterShape, options, true);
    return cpu.make(filterShape, depthwiseFilterGradient(cpu.floats(x), cpu.floats(dy), g));
  },
  MaxPool: ({ x }, attrs, cpu) => {
    const g = poolGeometry(x, attrs);
    const size = g.outShape.reduce((a, b) => a * b, 1);
    const { dtype } = x as TensorInfo;
    return dtype === 'int32'
      ? cpu.make(g.outShape, maxPool(cpu.ints(x), new Int32Array(size), g), dtype)
      : cpu.make(g.outShape, maxPool(cpu.floats(x), new Float32Array(size), g), dtype);
  },
  MaxPoolGrad: ({ dy, input }, attrs, cpu) =>
    cpu.make(shapeOf(input), maxPoolGradient(cpu.floats(input), cpu.floats(dy), poolGeometry(input, attrs))),
  [kernelNames.batchNorm]: ({ x, gamma, beta, ...moving }, attrs, cpu) => {
    const channels = shapeOf(x).at(-1) ?? 1;
    const statistics = moments(cpu.floats(x), channels);
    const y = normalize(cpu.floats(x), statistics, cpu.floats(gamma), cpu.floats(beta), attrs['epsilon'] as number);
    move(moving['mean'] && cpu.floats(moving['mean']), statistics.mean, attrs['momentum'] as number);
    move(moving['variance'] && cpu.floats(moving['variance']), statistics.variance, attrs['momentum'] as number);
    return [cpu.make(shapeOf(x), y), cpu.make([channels], statistics.mean), cpu.make([channels], statistics.variance)];
  },
  [kernelNames.batchNormGrad]: ({ x, gamma, mean, variance, dy }, attrs, cpu) => {
    const statistics = { mean: cpu.floats(mean), variance: cpu.floats(variance) };
    const result = gradients(cpu.floats(x), cpu.floats(dy), statistics, cpu.floats(gamma), attrs['epsilon'] as number);
    return [
      cpu.make(shapeOf(x), result.dx),
      cpu.make(shapeOf(gamma), result.dGamma),
      cpu.make(shapeOf(gamma), result.dBeta),
    ];
  },
  [kernelNames.columnSums]: ({ x }, _attrs, cpu) => {
    const channels = shapeOf(x).at(-1) ?? 1;
    return cpu.make(
      [channels],
      scaled(
        sums(cpu.floats(x), channels, (value) => value),
        1,
      ),
    );
  },
  [kernelNames.reluGrad]: ({ y, dy }, _attrs, cpu) => {
    const output = cpu.floats(y);
    return cpu.make(
      shapeOf(y),
      cpu.floats(dy).map((value, i) => ((output[i] as number) > 0 ? value : 0)),
    );
  },
  [kernelNames.dropout]: ({ x }, attrs, cpu) => {
    const [shape, values] = [shapeOf(x), cpu.floats(x)];
    const mask = fillMask(new Float32Array(values.length), shape[0] ?? 1, attrs as NamedAttrMap & DropoutPlace);
    return cpu.make(
      shape,
      mask.map((factor, i) => (values[i] as number) * factor),
    );
  },
  [kernelNames.dropoutMask]: (_inputs, attrs, cpu) => {
    const { shape, ...place } = attrs as NamedAttrMap & { shape: number[] } & DropoutPlace;
    return cpu.make(shape, fillMask(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape[0] ?? 1, place));
  },
  [kernelNames.softmaxCrossEntropy]: ({ logits, labels }, attrs, cpu) => {
    const [rows = 0, classes = 0] = shapeOf(logits);
    const gradient = new Float32Array(rows * classes);
    const result = crossEntropyOf(cpu.floats(logits), cpu.ints(labels), classes, attrs['count'] as number, gradient);
    return [
      cpu.make([], Float32Array.of(result.loss)),
      cpu.make([], Float32Array.of(result.correct)),
      cpu.make([rows, classes], gradient),
    ];
  },
  ...lossKernels,
  ...optimizerKernels,
};

function poolGeometry(input: TensorInfo | undefined, attrs: NamedAttrMap): ConvGeometry {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as NamedAttrMap & {
    filterSize: [number, number];
  } & ConvAttrs;
  const shape = shapeOf(input) as [number, number, number, number];
  return backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
}

function shapeOf(tensor: TensorInfo | undefined): number[] {
  return (tensor as TensorInfo).shape;
}
