import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvGeometry, type Frame, gradientFrame, inputFrame, isPointwise } from '../conv-geometry.ts';
import { gatheredConvolve, gatheredFilterGradient, isGathered, isWholePointwise } from './gathered.ts';
import { FRAME_SLACK, type WasmHeap } from './heap.ts';
import { panelBytes } from './products.ts';
import {
  type Epilogue,
  NO_EPILOGUE,
  winogradConvolve,
  winogradFilterGradient,
  winogradInputGradient,
  winogradWins,
} from './winograd.ts';

/** Pixels of a 1×1 convolution computed at a time. */
const STRIP = 256;

/**
 * activation(conv2d(x, filter) + bias) of x [batch, height, width, channels] and a filter [kernelHeight, kernelWidth,
 * channels, filters].
 */
export function convolve(
  heap: WasmHeap,
  x: TensorInfo,
  filter: TensorInfo,
  g: ConvGeometry,
  epilogue: Epilogue = NO_EPILOGUE,
): TensorInfo {
  if (!heap.precise && winogradWins(g)) return winogradConvolve(heap, x, filter, g, epilogue);
  if (isGathered(g)) return gatheredConvolve(heap, x, filter, g, epilogue);
  const { pack, matmul, frameImage, convolveFrame, addBias } = heap.kernels;
  const finishes = epilogue.bias !== 0 || epilogue.activation !== 0;
  const { inChannels: channels, outChannels: filters } = g;
  const taps = g.filterHeight * g.filterWidth;
  const frame = inputFrame(g);
  const out = heap.output(g.outShape);
  const [panels = 0, framed = 0] = heap.scratch(panelBytes(taps * channels, filters), frameBytes(frame, channels));
  pack(heap.address(filter), panels, taps, channels * filters * 4, channels, filters * 4, filters, 4);
  const [source, target] = [heap.address(x), heap.address(out)];
  if (isPointwise(g)) {
    const pixels = g.batchSize * g.inHeight * g.inWidth;
    // In strips, so that what is finished is still in the cache.
    for (let first = 0; first < pixels; first += STRIP) {
      const count = Math.min(STRIP, pixels - first);
      const to = target + first * filters * 4;
      matmul(source + first * channels * 4, channels * 4, panels, to, count, filters, channels);
      if (finishes) addBias(to, epilogue.bias, count, filters, epilogue.activation);
    }
    return out;
  }
  const imageBytes = g.inHeight * g.inWidth * channels * 4;
  const outBytes = g.outHeight * g.outWidth * filters * 4;
  for (let image = 0; image < g.batchSize; image++) {
    let from = source + image * imageBytes;
    if (!frame.direct) {
      frameImage(from, framed, g.inHeight, g.inWidth, channels, frame.height, frame.width, frame.top, frame.left, 1, 1);
      from = framed;
    }
    convolveFrame(
      from,
      panels,
      target + image * outBytes,
      frame.width,
      channels,
      g.filterHeight,
      g.filterWidth,
      g.strideHeight,
      g.strideWidth,
      g.dilationHeight,
      g.dilationWidth,
      g.outHeight,
      g.outWidth,
      filters,
    );
    if (finishes) {
      addBias(target + image * outBytes, epilogue.bias, g.outHeight * g.outWidth, filters, epilogue.activation);
    }
  }
  return out;
}

/** Gradient with respect to the input: the output gradient, `strides` apart, convolved with the turned filter. */
export function convolveInputGradient(heap: WasmHeap, dy: TensorInfo, filter: TensorInfo, g: ConvGeometry): TensorInfo {
  if (!heap.precise && winogradWins(g)) return winogradInputGradient(heap, dy, filter, g);
  const { pack, matmul, frameImage, convolveFrame } = heap.kernels;
  const { inChannels: channels, outChannels: filters } = g;
  const taps = g.filterHeight * g.filterWidth;
  const frame = gradientFrame(g);
  const out = heap.output(g.inShape);
  const [panels = 0, framed = 0] = heap.scratch(panelBytes(taps * filters, channels), frameBytes(frame, filters));
  const tapBytes = channels * filters * 4;
  pack(heap.address(filter) + (taps - 1) * tapBytes, panels, taps, -tapBytes, filters, 4, channels, filters * 4);
  const [source, target] = [heap.address(dy), heap.address(out)];
  if (isPointwise(g)) {
    matmul(source, filters * 4, panels, target, g.batchSize * g.inHeight * g.inWidth, channels, filters);
    return out;
  }
  const gradientBytes = g.outHeight * g.outWidth * filters * 4;
  const imageBytes = g.inHeight * g.inWidth * channels * 4;
  for (let image = 0; image < g.batchSize; image++) {
    frameImage(
      source + image * gradientBytes,
      framed,
      g.outHeight,
      g.outWidth,
      filters,
      frame.height,
      frame.width,
      frame.top,
      frame.left,
      g.strideHeight,
      g.strideWidth,
    );
    convolveFrame(
      framed,
      panels,
      target + image * imageBytes,
      frame.width,
      filters,
      g.filterHeight,
      g.filterWidth,
      1,
      1,
      g.dilationHeight,
      g.dilationWidth,
      g.inHeight,
      g.inWidth,
      channels,
    );
  }
  return out;
}

/** Gradient with respect to the filter, summed over the batch in the order of its images. */
export function convolveFilterGradient(heap: WasmHeap, x: TensorInfo, dy: TensorInfo, g: ConvGeometry): TensorInfo {
  if (!heap.precise && winogradWins(g)) return winogradFilterGradient(heap, x, dy, g);
  if (isGathered(g) || isWholePointwise(g)) return gatheredFilterGradient(heap, x, dy, g);
  const { frameImage, widenRows, filterGradientFrame, unpackFilterGradient } = heap.kernels;
  const { inChannels: channels, outChannels: filters } = g;
  const wide = Math.ceil(filters / 8) * 8;
  const merged = g.dilationWidth === 1;
  const count = merged ? g.filterWidth * channels : channels;
  const stretches = g.filterHeight * (merged ? 1 : g.filterWidth);
  const frame = inputFrame(g);
  // The kernel reads whole groups of four values: of the last image's end it may read past the tensor.
  const direct = frame.direct && count % 4 === 0;
  const pixels = g.outHeight * g.outWidth;
  const sumBytes = (wide / 8) * stretches * Math.ceil(count / 4) * 128;
  const out = heap.output(g.filterShape);
  const [sums = 0, framed = 0, widened = 0] = heap.scratch(
    sumBytes,
    frameBytes(frame, channels),
    wide === filters ? 0 : pixels * wide * 4,
  );
  heap.zero(sums, sumBytes);
  const [source, gradient] = [heap.address(x), heap.address(dy)];
  const imageBytes = g.inHeight * g.inWidth * channels * 4;
  for (let image = 0; image < g.batchSize; image++) {
    let from = source + image * imageBytes;
    if (!direct) {
      frameImage(from, framed, g.inHeight, g.inWidth, channels, frame.height, frame.width, frame.top, frame.left, 1, 1);
      from = framed;
    }
    let values = gradient + image * pixels * filters * 4;
    if (wide !== filters) {
      widenRows(values, widened, pixels, filters, wide);
      values = widened;
    }
    filterGradientFrame(
      from,
      values,
      sums,
      frame.width,
      channels,
      g.filterHeight,
      g.filterWidth,
      g.strideHeight,
      g.strideWidth,
      g.dilationHeight,
      g.dilationWidth,
      g.outHeight,
      g.outWidth,
      wide,
    );
  }
  unpackFilterGradient(sums, heap.address(out), stretches, count, filters);
  return out;
}

export function frameBytes(frame: Frame, channels: number): number {
  return frame.height * frame.width * channels * 4 + FRAME_SLACK;
}
