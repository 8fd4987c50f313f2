import * as tf from '@tensorflow/tfjs-core';
import type { ConvAttrs } from '../conv-geometry.ts';
import type { FusedActivation } from '../ops/fused-layers.ts';
import { biasGradients } from './shared.ts';

/** Backends whose gradient kernels take dilations: ours. */
const DILATED_BACKENDS: readonly string[] = ['cpu', 'wasm'];

/** tfjs's own gradient throws under dilation. */
export const conv2dGradient: tf.GradConfig = {
  kernelName: 'Conv2D',
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, saved, attrs) => {
    const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
    return convGradients(dy as tf.Tensor4D, x, filter, convAttrs(attrs));
  },
};

/** tfjs has none: its layers fuse only outside training. */
export const fusedConv2dGradient: tf.GradConfig = {
  kernelName: 'FusedConv2D',
  inputsToSave: ['x', 'filter'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const [x, filter, y] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    const { before, bias } = biasGradients(dy as tf.Tensor4D, y, activationOf(attrs));
    return { ...convGradients(before, x, filter, convAttrs(attrs)), bias };
  },
};

/** tfjs's own gradient throws under dilation. */
export const depthwiseGradient: tf.GradConfig = {
  kernelName: 'DepthwiseConv2dNative',
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, saved, attrs) => {
    const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
    const options = convAttrs(attrs);
    refuseDilation('depthwiseConv2d', options);
    return {
      x: () =>
        run('DepthwiseConv2dNativeBackpropInput', { dy: dy as tf.Tensor, filter }, { ...options, inputShape: x.shape }),
      filter: () =>
        run(
          'DepthwiseConv2dNativeBackpropFilter',
          { x, dy: dy as tf.Tensor },
          { ...options, filterShape: filter.shape },
        ),
    };
  },
};

/** Gradient of the product with bias and activation in one kernel; tfjs has none. */
export const fusedMatMulGradient: tf.GradConfig = {
  kernelName: '_FusedMatMul',
  inputsToSave: ['a', 'b'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const [a, b, y] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    if (attrs['transposeA'] === true || attrs['transposeB'] === true) {
      throw new Error(
        'fused matMul: the gradient takes operands that are not transposed. Use tf.matMul, or transpose them first.',
      );
    }
    const { before, bias } = biasGradients(dy as tf.Tensor, y, activationOf(attrs));
    return {
      a: () => tf.matMul(before, b, false, true),
      b: () => tf.matMul(a, before, true, false),
      bias,
    };
  },
};

function convGradients(
  dy: tf.Tensor4D,
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  options: ConvAttrs,
): Record<string, () => tf.Tensor> {
  refuseDilation('conv2d', options);
  return {
    x: () => run('Conv2DBackpropInput', { dy, filter }, { ...options, inputShape: x.shape }),
    filter: () => run('Conv2DBackpropFilter', { x, dy }, { ...options, filterShape: filter.shape }),
  };
}

function run(kernel: string, inputs: tf.NamedTensorMap, attrs: object): tf.Tensor {
  return tf.engine().runKernel(kernel, inputs, { ...attrs }) as tf.Tensor;
}

function convAttrs(attrs: tf.NamedAttrMap): ConvAttrs {
  const { strides, pad, dilations, dataFormat, dimRoundingMode } = attrs;
  return { strides, pad, dilations, dataFormat, dimRoundingMode } as ConvAttrs;
}

function activationOf(attrs: tf.NamedAttrMap): FusedActivation {
  const activation = (attrs['activation'] ?? 'linear') as string;
  if (activation === 'linear' || activation === 'relu' || activation === 'relu6') return activation;
  throw new Error(
    `fused gradient: activation must be linear, relu or relu6; received "${activation}". Apply it as an op of its own.`,
  );
}

function refuseDilation(op: string, { dilations = 1 }: ConvAttrs): void {
  const dilated = [dilations].flat().some((rate) => rate !== 1);
  if (dilated && !DILATED_BACKENDS.includes(tf.getBackend())) {
    throw new Error(
      `${op}: the gradient under dilation ${dilations} needs backend wasm or cpu; this is ${tf.getBackend()}.`,
    );
  }
}
