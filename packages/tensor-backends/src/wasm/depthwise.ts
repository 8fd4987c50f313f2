import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvGeometry, gradientFrame, inputFrame } from '../conv-geometry.ts';
import { frameBytes } from './conv2d.ts';
import type { WasmHeap } from './heap.ts';

/** Depthwise convolution of x with a filter [kernelHeight, kernelWidth, channels, multiplier]. */
export function depthwise(heap: WasmHeap, x: TensorInfo, filter: TensorInfo, g: ConvGeometry): TensorInfo {
  const out = heap.output(g.outShape);
  const blocked = isBlocked(g) && g.outWidth >= 4 / g.strideWidth;
  eachImage(heap, x, g, (frame, width, image) => {
    const target = heap.address(out) + image * g.outHeight * g.outWidth * g.outChannels * 4;
    if (blocked) {
      const { strideHeight, strideWidth, dilationHeight } = g;
      const steps = [strideHeight, strideWidth, dilationHeight] as const;
      heap.kernels.depthwise3x3(
        frame,
        heap.address(filter),
        target,
        width,
        g.inChannels,
        ...steps,
        g.outHeight,
        g.outWidth,
        0,
      );
      return;
    }
    heap.kernels.depthwiseForward(frame, heap.address(filter), target, width, ...loops(g));
  });
  return out;
}

export function depthwiseFilterGradient(heap: WasmHeap, x: TensorInfo, dy: TensorInfo, g: ConvGeometry): TensorInfo {
  const out = heap.output(g.filterShape);
  heap.zero(
    heap.address(out),
    g.filterShape.reduce((size, extent) => size * extent, 4),
  );
  eachImage(heap, x, g, (frame, width, image) => {
    const gradient = heap.address(dy) + image * g.outHeight * g.outWidth * g.outChannels * 4;
    if (isBlocked(g)) {
      const { strideHeight, strideWidth, dilationHeight } = g;
      const steps = [strideHeight, strideWidth, dilationHeight] as const;
      heap.kernels.depthwise3x3FilterGradient(
        frame,
        heap.address(out),
        gradient,
        width,
        g.inChannels,
        ...steps,
        g.outHeight,
        g.outWidth,
      );
      return;
    }
    heap.kernels.depthwiseFilterGradient(frame, heap.address(out), gradient, width, ...loops(g));
  });
  return out;
}

export function depthwiseInputGradient(
  heap: WasmHeap,
  dy: TensorInfo,
  filter: TensorInfo,
  g: ConvGeometry,
): TensorInfo {
  if (isBlocked(g)) {
    const { strideHeight, strideWidth, inWidth, dilationHeight } = g;
    if (strideHeight === 1 && strideWidth === 1 && inWidth >= 4) return turnedConvolution(heap, dy, filter, g);
    if (strideHeight === 2 && strideWidth === 2 && dilationHeight === 1) return inputGradient2(heap, dy, filter, g);
  }
  const out = heap.output(g.inShape);
  const frame = inputFrame(g);
  const bytes = frameBytes(frame, g.inChannels);
  const [framed = 0] = heap.scratch(bytes);
  for (let image = 0; image < g.batchSize; image++) {
    const gradient = heap.address(dy) + image * g.outHeight * g.outWidth * g.outChannels * 4;
    const target = heap.address(out) + image * g.inHeight * g.inWidth * g.inChannels * 4;
    heap.zero(framed, bytes);
    heap.kernels.depthwiseInputGradient(framed, heap.address(filter), gradient, frame.width, ...loops(g));
    heap.kernels.unframeImage(
      framed,
      target,
      g.inHeight,
      g.inWidth,
      g.inChannels,
      frame.height,
      frame.width,
      frame.top,
      frame.left,
    );
  }
  return out;
}

/** What assembly/depthwise-3x3.ts takes. */
function isBlocked(g: ConvGeometry): boolean {
  return (
    g.filterHeight === 3 &&
    g.filterWidth === 3 &&
    g.outChannels === g.inChannels &&
    g.inChannels > 0 &&
    g.inChannels % 4 === 0 &&
    g.strideWidth <= 2 &&
    g.dilationWidth === 1
  );
}

/** The input gradient for strides of 1: the output's, framed, convolved with the filter backwards. */
function turnedConvolution(heap: WasmHeap, dy: TensorInfo, filter: TensorInfo, g: ConvGeometry): TensorInfo {
  const out = heap.output(g.inShape);
  const { height, width, top, left } = gradientFrame(g);
  const [framed = 0] = heap.scratch(height * width * g.inChannels * 4);
  for (let image = 0; image < g.batchSize; image++) {
    const from = heap.address(dy) + image * g.outHeight * g.outWidth * g.outChannels * 4;
    const target = heap.address(out) + image * g.inHeight * g.inWidth * g.inChannels * 4;
    heap.kernels.frameImage(from, framed, g.outHeight, g.outWidth, g.inChannels, height, width, top, left, 1, 1);
    heap.kernels.depthwise3x3(
      framed,
      heap.address(filter),
      target,
      width,
      g.inChannels,
      1,
      1,
      g.dilationHeight,
      g.inHeight,
      g.inWidth,
      1,
    );
  }
  return out;
}

function inputGradient2(heap: WasmHeap, dy: TensorInfo, filter: TensorInfo, g: ConvGeometry): TensorInfo {
  const out = heap.output(g.inShape);
  const [zeros = 0] = heap.scratch(g.outWidth * g.inChannels * 4);
  heap.kernels.depthwise3x3InputGradient2(
    heap.address(dy),
    heap.address(filter),
    heap.address(out),
    zeros,
    g.batchSize,
    g.inHeight,
    g.inWidth,
    g.inChannels,
    g.padInfo.top,
    g.padInfo.left,
    g.outHeight,
    g.outWidth,
  );
  return out;
}

function eachImage(
  heap: WasmHeap,
  x: TensorInfo,
  g: ConvGeometry,
  visit: (frame: number, frameWidth: number, image: number) => void,
): void {
  const frame = inputFrame(g);
  const [framed = 0] = heap.scratch(frameBytes(frame, g.inChannels));
  for (let image = 0; image < g.batchSize; image++) {
    const from = heap.address(x) + image * g.inHeight * g.inWidth * g.inChannels * 4;
    if (!frame.direct) {
      heap.kernels.frameImage(
        from,
        framed,
        g.inHeight,
        g.inWidth,
        g.inChannels,
        frame.height,
        frame.width,
        frame.top,
        frame.left,
        1,
        1,
      );
    }
    visit(frame.direct ? from : framed, frame.width, image);
  }
}

type Loops = [number, number, number, number, number, number, number, number, number, number];

function loops(g: ConvGeometry): Loops {
  const multiplier = g.outChannels / g.inChannels;
  return [
    g.inChannels,
    multiplier,
    g.filterHeight,
    g.filterWidth,
    g.strideHeight,
    g.strideWidth,
    g.dilationHeight,
    g.dilationWidth,
    g.outHeight,
    g.outWidth,
  ];
}
