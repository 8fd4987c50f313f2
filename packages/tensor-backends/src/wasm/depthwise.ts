import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvGeometry, inputFrame } from '../conv-geometry.ts';
import { frameBytes } from './conv2d.ts';
import type { WasmHeap } from './heap.ts';

/** Depthwise convolution of x with a filter [kernelHeight, kernelWidth, channels, multiplier]. */
export function depthwise(heap: WasmHeap, x: TensorInfo, filter: TensorInfo, g: ConvGeometry): TensorInfo {
  const out = heap.output(g.outShape);
  eachImage(heap, x, g, (frame, width, image) => {
    const target = heap.address(out) + image * g.outHeight * g.outWidth * g.outChannels * 4;
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
