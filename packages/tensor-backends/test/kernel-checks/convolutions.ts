import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { type ConvCase, convolution, filterGradient, geometryOf, inputGradient, pair } from '../reference.ts';
import { absolute, errorOf, type KernelCheck, normals, type Sample, values } from './check.ts';

type Asked = ConvCase & { seed: number };

const size = (max: number, min = 1) => fc.integer({ min, max });
const both = (max: number) => fc.tuple(size(max), size(max));
const pads = fc.constantFrom('same' as const, 'valid' as const);
/** One and three are images'; the rest has whole vectors and tails. */
const channelCounts = fc.oneof(fc.constantFrom(1, 3), size(20));

/** Everything that a convolution may be asked. */
const general: fc.Arbitrary<Asked> = fc
  .record({
    batch: fc.nat({ max: 3 }),
    height: size(12),
    width: size(12),
    channels: channelCounts,
    filters: size(20),
    kernel: both(5),
    stride: both(3),
    dilation: both(3),
    pad: pads,
    seed: fc.nat(),
  })
  // tfjs refuses both at once.
  .map((c) => (Math.max(...pair(c.stride)) > 1 ? { ...c, dilation: 1 } : c))
  .filter(hasOutputs);

/** What Winograd's kernels take. */
const threeByThree: fc.Arbitrary<Asked> = fc
  .record({
    batch: size(3),
    height: size(15),
    width: size(15),
    channels: size(40, 8),
    filters: size(40, 8),
    kernel: fc.constant(3),
    stride: fc.constant(1),
    dilation: fc.constant(1),
    pad: pads,
    seed: fc.nat(),
  })
  .filter(hasOutputs);

const pointwise: fc.Arbitrary<Asked> = fc.record({
  batch: fc.nat({ max: 3 }),
  height: size(12),
  width: size(12),
  channels: size(40),
  filters: size(40),
  kernel: fc.constant(1),
  stride: fc.constant(1),
  dilation: fc.constant(1),
  pad: pads,
  seed: fc.nat(),
});

/** `filters` is the depth multiplier. */
const depthwise: fc.Arbitrary<Asked> = general.map((c) => ({ ...c, filters: 1 + (c.filters % 3), depthwise: true }));

const depthwise3x3: fc.Arbitrary<Asked> = fc
  .record({
    batch: fc.nat({ max: 3 }),
    height: size(15),
    width: size(15),
    channels: size(8).map((quads) => 4 * quads),
    filters: fc.constant(1),
    kernel: fc.constant(3),
    stride: size(2),
    dilation: fc.constant(1),
    pad: pads,
    depthwise: fc.constant(true),
    seed: fc.nat(),
  })
  .filter(hasOutputs);

function hasOutputs(c: ConvCase): boolean {
  const { outHeight, outWidth } = geometryOf(c);
  return outHeight > 0 && outWidth > 0;
}

interface Pass {
  name: string;
  kernel: { full: string; depthwise: string };
  compute(c: Asked, kernel: string, attrs: tf.NamedAttrMap, tensors: Tensors): tf.Tensor;
  reference(c: Asked, tensors: Values, length: number): number[];
}

interface Tensors {
  x: tf.Tensor;
  filter: tf.Tensor;
  dy: tf.Tensor;
}
type Values = Record<keyof Tensors, ArrayLike<number>>;

const run = (kernel: string, inputs: tf.NamedTensorMap, attrs: tf.NamedAttrMap) =>
  tf.engine().runKernel(kernel, inputs, attrs) as tf.Tensor;

const passes: Pass[] = [
  {
    name: 'forward',
    kernel: { full: 'Conv2D', depthwise: 'DepthwiseConv2dNative' },
    compute: (_c, kernel, attrs, { x, filter }) => run(kernel, { x, filter }, attrs),
    reference: (c, { x, filter }, length) => convolution(c, x, filter, length),
  },
  {
    name: 'input gradient',
    kernel: { full: 'Conv2DBackpropInput', depthwise: 'DepthwiseConv2dNativeBackpropInput' },
    compute: (_c, kernel, attrs, { x, filter, dy }) => run(kernel, { dy, filter }, { ...attrs, inputShape: x.shape }),
    reference: (c, { filter, dy }, length) => inputGradient(c, filter, dy, length),
  },
  {
    name: 'filter gradient',
    kernel: { full: 'Conv2DBackpropFilter', depthwise: 'DepthwiseConv2dNativeBackpropFilter' },
    compute: (_c, kernel, attrs, { x, filter, dy }) => run(kernel, { x, dy }, { ...attrs, filterShape: filter.shape }),
    reference: (c, { x, dy }, length) => filterGradient(c, x, dy, length),
  },
];

/** How far a pass is from plain loops. */
function sampleOf(c: Asked, pass: Pass): Sample {
  const show = (value: ConvCase['kernel']) => pair(value).join('×');
  return {
    asked: `${c.batch}×${c.height}×${c.width}×${c.channels}→${c.filters}, kernel ${show(c.kernel)}, stride ${show(c.stride)}, dilation ${show(c.dilation)}, ${c.pad}, seed ${c.seed}`,
    error: () =>
      tf.tidy(() => {
        const { outHeight, outWidth } = geometryOf(c);
        const outputs = c.depthwise ? c.channels * c.filters : c.filters;
        const tensors: Tensors = {
          x: normals(c.seed, 'x', [c.batch, c.height, c.width, c.channels]),
          filter: normals(c.seed, 'filter', [...pair(c.kernel), c.channels, c.filters]),
          dy: normals(c.seed, 'dy', [c.batch, outHeight, outWidth, outputs]),
        };
        const attrs = {
          strides: [...pair(c.stride)],
          dilations: [...pair(c.dilation)],
          pad: c.pad,
          dataFormat: 'NHWC',
        } as unknown as tf.NamedAttrMap;
        const result = pass.compute(c, c.depthwise ? pass.kernel.depthwise : pass.kernel.full, attrs, tensors);
        const of = (change: (tensor: tf.Tensor) => ArrayLike<number>) =>
          pass.reference(
            c,
            { x: change(tensors.x), filter: change(tensors.filter), dy: change(tensors.dy) },
            result.size,
          );
        return errorOf(
          values(result),
          of((tensor) => tensor.dataSync()),
          of((tensor) => absolute(tensor.dataSync())),
        );
      }),
  };
}

function checksOf(name: string, source: string, asked: fc.Arbitrary<Asked>, bound: number): KernelCheck[] {
  return passes.map((pass) => ({
    kernel: `${name}, ${pass.name}`,
    source,
    bound,
    samples: asked.map((c) => sampleOf(c, pass)),
  }));
}

export const winogradChecks = checksOf('conv 3×3, 8 channels or more (Winograd)', 'winograd/', threeByThree, 8e-7);

/** Also those of Winograd's kind, where a backend was started with `precise`. */
export const directChecks = [
  ...checksOf('conv of any shape', 'conv2d.ts', general, 3e-7),
  ...checksOf('conv 1×1', 'matmul.ts', pointwise, 3e-7),
  ...checksOf('depthwise', 'depthwise.ts', depthwise, 3e-7),
  ...checksOf('depthwise 3×3', 'depthwise-3x3.ts', depthwise3x3, 3e-7),
];
export const preciseChecks = checksOf('conv 3×3, precise', 'conv2d.ts', threeByThree, 3e-7);
