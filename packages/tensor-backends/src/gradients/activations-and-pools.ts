import * as tf from '@tensorflow/tfjs-core';
import { type ConvAttrs, type ConvGeometry } from '../conv-geometry.ts';
import { hasKernel, kernelNames } from '../ops/kernel-names.ts';
import { reluGrad } from './shared.ts';

/** From the output, in one pass; tfjs keeps the input and takes three. */
export const reluGradient: tf.GradConfig = {
  kernelName: 'Relu',
  outputsToSave: [true],
  gradFunc: (dy, [y]) => ({ x: () => reluGrad(dy as tf.Tensor, y as tf.Tensor) }),
};

/** y · (dy − Σ y · dy), in one pass on wasm; tfjs takes four, each over all of it. */
export const softmaxGradient: tf.GradConfig = {
  kernelName: 'Softmax',
  outputsToSave: [true],
  gradFunc: (dy, [y], attrs) => {
    const { dim } = attrs as { dim: number };
    const [given, value] = [dy as tf.Tensor, y as tf.Tensor];
    return {
      logits: () => {
        if (hasKernel(kernelNames.softmaxGrad) && (dim === -1 || dim === value.shape.length - 1)) {
          return tf.engine().runKernel(kernelNames.softmaxGrad, { y: value, dy: given }) as tf.Tensor;
        }
        const products = tf.mul(given, value);
        return tf.sub(products, tf.mul(tf.sum(products, [dim], true), value));
      },
    };
  },
};

/**
 * tfjs's gradient divides by the whole window also where padding is part of it; the forward pass divides by the pixels
 * that are there. Scaled by the quotient beforehand, it is right.
 */
export const avgPoolGradient: tf.GradConfig = {
  kernelName: 'AvgPool',
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => {
    const [x] = saved as [tf.Tensor4D];
    const { filterSize, strides, pad, dimRoundingMode } = attrs as tf.NamedAttrMap & {
      filterSize: [number, number];
    } & ConvAttrs;
    return {
      x: () => {
        const geometry = tf.backend_util.computePool2DInfo(x.shape, filterSize, strides, 1, pad, dimRoundingMode);
        const scaled = tf.mul(dy as tf.Tensor4D, windowShare(geometry));
        return tf
          .engine()
          .runKernel('AvgPoolGrad', { dy: scaled, input: x }, { filterSize, strides, pad }) as tf.Tensor;
      },
    };
  },
};

/** Window size over the pixels that are in the image: [1, outHeight, outWidth, 1]. */
function windowShare(g: ConvGeometry): tf.Tensor4D {
  const present = (out: number, stride: number, size: number, before: number, extent: number) =>
    Array.from({ length: out }, (_, i) => {
      const start = i * stride - before;
      return Math.min(extent, start + size) - Math.max(0, start);
    });
  const rows = present(g.outHeight, g.strideHeight, g.filterHeight, g.padInfo.top, g.inHeight);
  const columns = present(g.outWidth, g.strideWidth, g.filterWidth, g.padInfo.left, g.inWidth);
  const whole = g.filterHeight * g.filterWidth;
  const values = rows.flatMap((row) => columns.map((column) => whole / (row * column)));
  return tf.tensor4d(values, [1, g.outHeight, g.outWidth, 1]);
}
