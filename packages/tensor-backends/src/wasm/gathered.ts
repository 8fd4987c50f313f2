import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type ConvGeometry, inputFrame, isPointwise } from '../conv-geometry.ts';
import { FRAME_SLACK, type WasmHeap } from './heap.ts';
import { panelBytes } from './products.ts';
import type { Epilogue } from './winograd.ts';

/*
 * Convolutions as products of strips of gathered pixels: for few channels, whose filter rows are too short a loop to be
 * walked in place, and for the filter gradient of 1×1, which needs no gathering. A strip and its outputs stay in the
 * first-level cache.
 */

/** Output pixels taken at a time. */
const STRIP = 32;
/** Values of a filter row (kernelWidth · channels) up to which gathering wins. */
const SHORT_STRETCH = 9;

export function isGathered(g: ConvGeometry): boolean {
  return g.dilationWidth === 1 && g.filterWidth * g.inChannels <= SHORT_STRETCH;
}

/** Pixels and filters as whole vectors: x and dy are the factors as they lie. */
export function isWholePointwise(g: ConvGeometry): boolean {
  return isPointwise(g) && g.inChannels % 4 === 0 && g.outChannels % 8 === 0;
}

/** activation(conv2d(x, filter) + bias) */
export function gatheredConvolve(
  heap: WasmHeap,
  x: TensorInfo,
  filter: TensorInfo,
  g: ConvGeometry,
  { bias, activation }: Epilogue,
): TensorInfo {
  const { pack, matmul, addBias } = heap.kernels;
  const { inChannels: channels, outChannels: filters } = g;
  const taps = g.filterHeight * g.filterWidth;
  const depth = taps * channels;
  const out = heap.output(g.outShape);
  const [panels = 0, rows = 0, framed = 0] = heap.scratch(panelBytes(depth, filters), rowBytes(g), frameBytes(g));
  pack(heap.address(filter), panels, taps, channels * filters * 4, channels, filters * 4, filters, 4);
  let to = heap.address(out);
  eachStrip(heap, heap.address(x), g, rows, framed, (count) => {
    matmul(rows, widthOf(g) * 4, panels, to, count, filters, depth);
    if (bias !== 0 || activation !== 0) addBias(to, bias, count, filters, activation);
    to += count * filters * 4;
  });
  return out;
}

/** Gradient with respect to the filter, summed over the batch in the order of its pixels. */
export function gatheredFilterGradient(heap: WasmHeap, x: TensorInfo, dy: TensorInfo, g: ConvGeometry): TensorInfo {
  const { transposedProduct, unpackFilterGradient, widenRows } = heap.kernels;
  const filters = g.outChannels;
  const groups = Math.ceil(filters / 8);
  const depth = g.filterHeight * g.filterWidth * g.inChannels;
  const width = widthOf(g);
  const out = heap.output(g.filterShape);
  const sumBytes = groups * width * 32;
  const [sums = 0, rows = 0, framed = 0, widened = 0] = heap.scratch(
    sumBytes,
    rowBytes(g),
    frameBytes(g),
    STRIP * groups * 32,
  );
  heap.zero(sums, sumBytes);
  let from = heap.address(dy);
  const add = (values: number, count: number) => {
    if (filters % 8 !== 0) widenRows(from, widened, count, filters, groups * 8);
    transposedProduct(values, filters % 8 === 0 ? from : widened, sums, count, width / 4, groups);
    from += count * filters * 4;
  };
  if (isWholePointwise(g)) {
    const pixels = g.batchSize * g.inHeight * g.inWidth;
    const source = heap.address(x);
    for (let first = 0; first < pixels; first += STRIP) {
      add(source + first * width * 4, Math.min(STRIP, pixels - first));
    }
  } else {
    eachStrip(heap, heap.address(x), g, rows, framed, (count) => add(rows, count));
  }
  unpackFilterGradient(sums, heap.address(out), 1, depth, filters);
  return out;
}

/** Gathers strip after strip of each image into `rows`. */
function eachStrip(
  heap: WasmHeap,
  source: number,
  g: ConvGeometry,
  rows: number,
  framed: number,
  work: (count: number) => void,
): void {
  const { frameImage, gatherTaps } = heap.kernels;
  const channels = g.inChannels;
  const frame = inputFrame(g);
  const pixels = g.outHeight * g.outWidth;
  for (let image = 0; image < g.batchSize; image++) {
    const from = source + image * g.inHeight * g.inWidth * channels * 4;
    // Also where the image could be its own frame: gathering reads past the end.
    frameImage(from, framed, g.inHeight, g.inWidth, channels, frame.height, frame.width, frame.top, frame.left, 1, 1);
    for (let first = 0; first < pixels; first += STRIP) {
      const count = Math.min(STRIP, pixels - first);
      gatherTaps(
        framed,
        rows,
        first,
        count,
        frame.width,
        channels,
        g.filterHeight,
        g.filterWidth * channels,
        widthOf(g),
        g.strideHeight,
        g.strideWidth,
        g.dilationHeight,
        g.outWidth,
      );
      work(count);
    }
  }
}

/** Values of a gathered row: those of the filter, in whole vectors. */
function widthOf(g: ConvGeometry): number {
  return Math.ceil((g.filterHeight * g.filterWidth * g.inChannels) / 4) * 4;
}

function rowBytes(g: ConvGeometry): number {
  return STRIP * widthOf(g) * 4 + FRAME_SLACK;
}

function frameBytes(g: ConvGeometry): number {
  const { height, width } = inputFrame(g);
  return height * width * g.inChannels * 4 + FRAME_SLACK;
}
