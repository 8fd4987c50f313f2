import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvGeometry } from '../conv-geometry.ts';
import type { WasmHeap } from './heap.ts';
import { panelBytes } from './products.ts';
import { productsOf, type TileRegion, tileRegions } from './winograd-tiles.ts';

/*
 * 3×3 convolutions of stride 1 by Winograd's minimal filtering on 6×6 tiles: 36 products of planes in place of 144 taps,
 * four times fewer multiplications, for an error some five times that of the direct kernels (see the tests). Where an
 * image ends after one or two outputs of a tile, that is shorter (see winograd-tiles.ts). Tiles are taken in blocks, so
 * that what is transformed stays in the second-level cache. A NaN or an infinity makes NaN of the tiles that read it, one
 * to four (direct: of the 3×3 outputs that it touches): such a training step is lost either way.
 */

/** Tiles transformed at a time. */
const BLOCK = 32;
/** Without it, the same tile of all planes falls into one set of the first-level cache. */
const PLANE_PAD = 64;
const PLANES = 36;
/** Below, the transforms cost more than they save. */
const MIN_CHANNELS = 8;
/** Below, transforming the filter costs more than it saves. */
const MIN_TILES = 8;

/** What is added to each output, and applied to it: kernels' activation codes. */
export interface Epilogue {
  /** Address of [filters] values; 0: none. */
  bias: number;
  /** 0 none, 1 ReLU, 2 ReLU6. */
  activation: number;
}

export const NO_EPILOGUE: Epilogue = { bias: 0, activation: 0 };

/** Whether the kernels here can compute it. */
function isWinograd(g: ConvGeometry): boolean {
  return (
    g.filterHeight === 3 &&
    g.filterWidth === 3 &&
    g.strideHeight === 1 &&
    g.strideWidth === 1 &&
    g.dilationHeight === 1 &&
    g.dilationWidth === 1
  );
}

/** Whether they are the faster ones: many channels, enough tiles, and less than half of the multiplications. */
export function winogradWins(g: ConvGeometry): boolean {
  if (!isWinograd(g) || Math.min(g.inChannels, g.outChannels) < MIN_CHANNELS) return false;
  const { batchSize, outHeight, outWidth } = g;
  const tiles = tileRegions(outHeight, outWidth).reduce((sum, { tilesY, tilesX }) => sum + tilesY * tilesX, 0);
  return batchSize * tiles >= MIN_TILES && 9 * outHeight * outWidth > 2 * productsOf(outHeight, outWidth);
}

/** activation(conv2d(x, filter) + bias) */
export function winogradConvolve(
  heap: WasmHeap,
  x: TensorInfo,
  filter: TensorInfo,
  g: ConvGeometry,
  epilogue: Epilogue = NO_EPILOGUE,
): TensorInfo {
  const { inChannels: channels, outChannels: filters } = g;
  const out = heap.output(g.outShape);
  const image = { height: g.inHeight, width: g.inWidth, channels, top: g.padInfo.top, left: g.padInfo.left };
  const tapBytes = channels * filters * 4;
  correlate(heap, {
    source: heap.address(x),
    image,
    batch: g.batchSize,
    pack: (panels) => heap.kernels.pack(heap.address(filter), panels, 9, tapBytes, channels, filters * 4, filters, 4),
    target: heap.address(out),
    result: { height: g.outHeight, width: g.outWidth, channels: filters },
    epilogue,
  });
  return out;
}

/** Gradient with respect to the input: the output gradient convolved with the turned filter. */
export function winogradInputGradient(heap: WasmHeap, dy: TensorInfo, filter: TensorInfo, g: ConvGeometry): TensorInfo {
  const { inChannels: channels, outChannels: filters } = g;
  const out = heap.output(g.inShape);
  const { top, left } = g.padInfo;
  const tapBytes = channels * filters * 4;
  correlate(heap, {
    source: heap.address(dy),
    image: { height: g.outHeight, width: g.outWidth, channels: filters, top: 2 - top, left: 2 - left },
    batch: g.batchSize,
    pack: (panels) =>
      heap.kernels.pack(heap.address(filter) + 8 * tapBytes, panels, 9, -tapBytes, filters, 4, channels, filters * 4),
    target: heap.address(out),
    result: { height: g.inHeight, width: g.inWidth, channels },
    epilogue: NO_EPILOGUE,
  });
  return out;
}

interface Correlation {
  source: number;
  image: { height: number; width: number; channels: number; top: number; left: number };
  batch: number;
  pack(panels: number): void;
  target: number;
  result: { height: number; width: number; channels: number };
  epilogue: Epilogue;
}

/** F(4×4, 3×3) over a batch of images. */
function correlate(heap: WasmHeap, { source, image, batch, pack, target, result, epilogue }: Correlation): void {
  const { winogradFilter, winogradInput, winogradProduct, winogradOutput } = heap.kernels;
  const [wide, groups] = [Math.ceil(image.channels / 4) * 4, Math.ceil(result.channels / 8)];
  const inputStride = BLOCK * wide * 4 + PLANE_PAD;
  const filterStride = groups * image.channels * 32 + PLANE_PAD;
  const outputStride = BLOCK * groups * 32 + PLANE_PAD;
  const [panels = 0, filterPlanes = 0, inputs = 0, outputs = 0, patch = 0, bias = 0] = heap.scratch(
    panelBytes(9 * image.channels, result.channels),
    PLANES * filterStride,
    PLANES * inputStride,
    PLANES * outputStride,
    patchBytes(Math.max(wide, groups * 8)),
    groups * 32,
  );
  pack(panels);
  winogradFilter(panels, filterPlanes, filterStride, patch, groups, image.channels);
  if (epilogue.bias !== 0) {
    heap
      .floats(bias, groups * 8)
      .fill(0)
      .set(heap.floats(epilogue.bias, result.channels));
  }
  eachBlock(batch, result.height, result.width, ({ originY, originX, tilesY, tilesX, short }, first, count) => {
    winogradInput(
      source,
      inputs,
      inputStride,
      patch,
      first,
      count,
      originY,
      originX,
      tilesY,
      tilesX,
      short,
      image.height,
      image.width,
      image.channels,
      wide,
      image.top,
      image.left,
    );
    winogradProduct(
      inputs,
      inputStride,
      filterPlanes,
      filterStride,
      outputs,
      outputStride,
      count,
      wide,
      image.channels,
      groups,
      short,
    );
    winogradOutput(
      outputs,
      outputStride,
      target,
      patch,
      epilogue.bias === 0 ? 0 : bias,
      epilogue.activation,
      first,
      count,
      originY,
      originX,
      tilesY,
      tilesX,
      short,
      result.height,
      result.width,
      result.channels,
      groups * 8,
    );
  });
}

/** Gradient with respect to the filter as F(3×3, 4×4), summed over the batch in the order of its tiles. */
export function winogradFilterGradient(heap: WasmHeap, x: TensorInfo, dy: TensorInfo, g: ConvGeometry): TensorInfo {
  const { winogradInput, winogradOutputGradient, winogradFilterProduct, winogradTaps } = heap.kernels;
  const { inChannels: channels, outChannels: filters } = g;
  const out = heap.output(g.filterShape);
  const [rows, groups] = [Math.ceil(channels / 4), Math.ceil(filters / 8)];
  const [wide, wideFilters] = [rows * 4, groups * 8];
  const inputStride = BLOCK * wide * 4 + PLANE_PAD;
  const gradientStride = BLOCK * wideFilters * 4 + PLANE_PAD;
  const sumStride = wide * wideFilters * 4 + PLANE_PAD;
  const [inputs = 0, gradients = 0, sums = 0, patch = 0, taps = 0] = heap.scratch(
    PLANES * inputStride,
    PLANES * gradientStride,
    PLANES * sumStride,
    patchBytes(Math.max(wide, wideFilters)),
    9 * wide * wideFilters * 4,
  );
  heap.zero(sums, PLANES * sumStride);
  const [source, gradient] = [heap.address(x), heap.address(dy)];
  eachBlock(g.batchSize, g.outHeight, g.outWidth, ({ originY, originX, tilesY, tilesX, short }, first, count) => {
    winogradInput(
      source,
      inputs,
      inputStride,
      patch,
      first,
      count,
      originY,
      originX,
      tilesY,
      tilesX,
      short,
      g.inHeight,
      g.inWidth,
      channels,
      wide,
      g.padInfo.top,
      g.padInfo.left,
    );
    winogradOutputGradient(
      gradient,
      gradients,
      gradientStride,
      patch,
      first,
      count,
      originY,
      originX,
      tilesY,
      tilesX,
      short,
      g.outHeight,
      g.outWidth,
      filters,
      wideFilters,
    );
    winogradFilterProduct(inputs, inputStride, gradients, gradientStride, sums, sumStride, count, rows, groups, short);
  });
  winogradTaps(sums, sumStride, taps, patch, rows, groups);
  // Without the widening.
  const target = heap.address(out);
  for (let row = 0; row < 9 * channels; row++) {
    const from = taps + (Math.floor(row / channels) * wide + (row % channels)) * wideFilters * 4;
    heap.floats(target + row * filters * 4, filters).set(heap.floats(from, filters));
  }
  return out;
}

/** Some tiles of one kind after the other, through the batch. */
function eachBlock(
  batch: number,
  height: number,
  width: number,
  work: (region: TileRegion, first: number, count: number) => void,
): void {
  for (const region of tileRegions(height, width)) {
    const tiles = batch * region.tilesY * region.tilesX;
    for (let first = 0; first < tiles; first += BLOCK) work(region, first, Math.min(BLOCK, tiles - first));
  }
}

/** 6×6 pixels and one tile of vectors. */
function patchBytes(channels: number): number {
  return PLANES * (channels * 4 + 16);
}
