import { conv2d } from './convolution/conv2d.ts';
import { depthwiseConv2d } from './convolution/depthwise-conv2d.ts';
import { separableConv2d } from './convolution/separable-conv2d.ts';
import { activation } from './core/activation.ts';
import { dense } from './core/dense.ts';
import { dropout } from './core/dropout.ts';
import { flatten } from './core/flatten.ts';
import { leakyReLU } from './core/leaky-relu.ts';
import type { LayerDescriptor } from './descriptor.ts';
import { add } from './merge/add.ts';
import { concatenate } from './merge/concatenate.ts';
import { batchNormalization } from './normalization/batch-normalization.ts';
import { zeroPadding2d } from './padding/zero-padding2d.ts';
import { averagePooling2d } from './pooling/average-pooling2d.ts';
import { globalAveragePooling2d } from './pooling/global-average-pooling2d.ts';
import { globalMaxPooling2d } from './pooling/global-max-pooling2d.ts';
import { maxPooling2d } from './pooling/max-pooling2d.ts';

/** Every layer, by its name in YAML. */
export const layerDescriptors = {
  conv2d,
  depthwiseConv2d,
  separableConv2d,
  dense,
  flatten,
  activation,
  leakyReLU,
  dropout,
  batchNormalization,
  maxPooling2d,
  averagePooling2d,
  globalAveragePooling2d,
  globalMaxPooling2d,
  zeroPadding2d,
  add,
  concatenate,
} as const;

export type LayerType = keyof typeof layerDescriptors;

/** The names in YAML, in the order of {@link layerDescriptors}. */
export const layerTypes = Object.keys(layerDescriptors) as readonly LayerType[];

export function isLayerType(type: string): type is LayerType {
  return Object.hasOwn(layerDescriptors, type);
}

/** The descriptor of a layer. @throws Error if there is no such layer; {@link layerTypes} has all names. */
export function describeLayer(type: string): LayerDescriptor {
  if (isLayerType(type)) return layerDescriptors[type];
  throw new Error(`unknown layer "${type}". The layers are: ${layerTypes.join(', ')}.`);
}
