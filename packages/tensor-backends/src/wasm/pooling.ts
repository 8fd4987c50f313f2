import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvGeometry } from '../conv-geometry.ts';
import type { WasmHeap } from './heap.ts';
import type { PoolWindows } from './kernel-exports.ts';
import { type Epilogue, NO_EPILOGUE } from './winograd.ts';

/** activation(max pooling + bias); a NaN comes out of each window that holds it (stock tfjs loses it). */
export function maxPool(
  heap: WasmHeap,
  input: TensorInfo,
  g: ConvGeometry,
  { bias, activation }: Epilogue = NO_EPILOGUE,
): TensorInfo {
  const out = heap.output(g.outShape);
  const simple = isSimple(g);
  const finishes = bias !== 0 || activation !== 0;
  for (let image = 0; image < g.batchSize; image++) {
    const x = heap.address(input) + image * g.inHeight * g.inWidth * g.inChannels * 4;
    const y = heap.address(out) + image * g.outHeight * g.outWidth * g.outChannels * 4;
    if (simple) {
      heap.kernels.maxPool2x2(x, y, g.inWidth, g.inChannels, g.outHeight, g.outWidth);
    } else {
      heap.kernels.maxPool(x, y, ...windows(g));
    }
    // While the image is still in the cache.
    if (finishes) heap.kernels.addBias(y, bias, g.outHeight * g.outWidth, g.outChannels, activation);
  }
  return out;
}

/** Gradient of max pooling: each window's goes to its first NaN, else to its first maximum. */
export function maxPoolGradient(heap: WasmHeap, dy: TensorInfo, input: TensorInfo, g: ConvGeometry): TensorInfo {
  const out = heap.output(g.inShape);
  const [source, gradient, target] = [heap.address(input), heap.address(dy), heap.address(out)];
  const imageBytes = g.inHeight * g.inWidth * g.inChannels * 4;
  const outBytes = g.outHeight * g.outWidth * g.outChannels * 4;
  const simple = isSimple(g);
  const covered = simple && 2 * g.outHeight === g.inHeight && 2 * g.outWidth === g.inWidth;
  if (!covered) heap.zero(target, g.batchSize * imageBytes);
  for (let image = 0; image < g.batchSize; image++) {
    const [x, dx, given] = [source + image * imageBytes, target + image * imageBytes, gradient + image * outBytes];
    if (simple) {
      heap.kernels.maxPoolGradient2x2(x, given, dx, g.inWidth, g.inChannels, g.outHeight, g.outWidth);
      continue;
    }
    heap.kernels.maxPoolGradient(
      x,
      given,
      dx,
      g.inHeight,
      g.inWidth,
      g.inChannels,
      g.filterHeight,
      g.filterWidth,
      g.strideHeight,
      g.strideWidth,
      g.dilationHeight,
      g.dilationWidth,
      g.padInfo.top,
      g.padInfo.left,
      g.outHeight,
      g.outWidth,
    );
  }
  return out;
}

/** As tfjs's AvgPoolGrad: each window's gradient over the number of its pixels, those outside the image counted too. */
export function averagePoolGradient(heap: WasmHeap, dy: TensorInfo, g: ConvGeometry): TensorInfo {
  const out = heap.output(g.inShape);
  const [gradient, target] = [heap.address(dy), heap.address(out)];
  const imageBytes = g.inHeight * g.inWidth * g.inChannels * 4;
  const outBytes = g.outHeight * g.outWidth * g.outChannels * 4;
  heap.zero(target, g.batchSize * imageBytes);
  for (let image = 0; image < g.batchSize; image++) {
    heap.kernels.averagePoolGradient(
      gradient + image * outBytes,
      target + image * imageBytes,
      ...windows(g),
      1 / (g.filterHeight * g.filterWidth),
    );
  }
  return out;
}

/** How windows lie on an image, as the kernels take it. */
function windows(g: ConvGeometry): PoolWindows {
  return [
    g.inHeight,
    g.inWidth,
    g.inChannels,
    g.filterHeight,
    g.filterWidth,
    g.strideHeight,
    g.strideWidth,
    g.padInfo.top,
    g.padInfo.left,
    g.outHeight,
    g.outWidth,
  ];
}

/** Windows of 2×2, side by side, all within the image. */
function isSimple(g: ConvGeometry): boolean {
  const sizes = [g.filterHeight, g.filterWidth, g.strideHeight, g.strideWidth];
  const { top, left } = g.padInfo;
  return (
    sizes.every((size) => size === 2) &&
    g.dilationHeight === 1 &&
    g.dilationWidth === 1 &&
    top === 0 &&
    left === 0 &&
    2 * g.outHeight <= g.inHeight &&
    2 * g.outWidth <= g.inWidth
  );
}
