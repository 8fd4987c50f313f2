import { backend_util } from '@tensorflow/tfjs-core';

/** Sizes and strides of a 2-D convolution or pooling, batch of NHWC images. */
export type ConvGeometry = backend_util.Conv2DInfo;

type Pair = number | [number, number];

/** The attributes that tfjs hands to its convolution kernels. */
export interface ConvAttrs {
  strides: Pair;
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  dilations?: Pair;
  dataFormat?: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** @throws Error for NCHW: Ablate's kernels take NHWC. */
export function convGeometry(
  kernel: string,
  xShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dilations, dataFormat, dimRoundingMode }: ConvAttrs,
  depthwise = false,
): ConvGeometry {
  if (dataFormat === 'NCHW') {
    throw new Error(
      `${kernel}: data format must be NHWC; received NCHW. Transpose the images with tf.transpose(x, [0, 2, 3, 1]).`,
    );
  }
  return backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
}

/** The zero frame around an image that a valid convolution of the output's size needs. */
export interface Frame {
  height: number;
  width: number;
  top: number;
  left: number;
  /** The image is its own frame: nothing is to be copied. */
  direct: boolean;
}

export function inputFrame(g: ConvGeometry): Frame {
  const height = (g.outHeight - 1) * g.strideHeight + (g.filterHeight - 1) * g.dilationHeight + 1;
  const width = (g.outWidth - 1) * g.strideWidth + (g.filterWidth - 1) * g.dilationWidth + 1;
  const { top, left } = g.padInfo;
  const direct = top === 0 && left === 0 && height <= g.inHeight && width <= g.inWidth;
  return direct ? { height: g.inHeight, width: g.inWidth, top, left, direct } : { height, width, top, left, direct };
}

/** The frame in which the output gradient, `strides` apart, is convolved with the turned filter. */
export function gradientFrame(g: ConvGeometry): Frame {
  const reachY = (g.filterHeight - 1) * g.dilationHeight;
  const reachX = (g.filterWidth - 1) * g.dilationWidth;
  return {
    height: g.inHeight + reachY,
    width: g.inWidth + reachX,
    top: reachY - g.padInfo.top,
    left: reachX - g.padInfo.left,
    direct: false,
  };
}

/** A convolution that is a plain product of pixels and channels. */
export function isPointwise(g: ConvGeometry): boolean {
  const { padInfo: p } = g;
  return (
    g.filterHeight === 1 &&
    g.filterWidth === 1 &&
    g.strideHeight === 1 &&
    g.strideWidth === 1 &&
    p.top === 0 &&
    p.left === 0 &&
    p.bottom === 0 &&
    p.right === 0
  );
}
