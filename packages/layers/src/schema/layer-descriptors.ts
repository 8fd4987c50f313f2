import { gelu } from './activation/gelu.ts';
import { mish } from './activation/mish.ts';
import { prelu } from './activation/prelu.ts';
import { squaredRelu } from './activation/squared-relu.ts';
import { swish } from './activation/swish.ts';
import { cbam } from './attention/cbam.ts';
import { efficientChannelAttention } from './attention/efficient-channel-attention.ts';
import { selfAttention2d } from './attention/self-attention2d.ts';
import { squeezeExcitation } from './attention/squeeze-excitation.ts';
import { conv2d } from './convolution/conv2d.ts';
import { coordConv2d } from './convolution/coord-conv2d.ts';
import { depthwiseConv2d } from './convolution/depthwise-conv2d.ts';
import { gatedConv2d } from './convolution/gated-conv2d.ts';
import { separableConv2d } from './convolution/separable-conv2d.ts';
import { weightStandardizedConv2d } from './convolution/weight-standardized-conv2d.ts';
import { activation } from './core/activation.ts';
import { dense } from './core/dense.ts';
import { dropout } from './core/dropout.ts';
import { flatten } from './core/flatten.ts';
import { leakyReLU } from './core/leaky-relu.ts';
import type { LayerDescriptor } from './descriptor.ts';
import { add } from './merge/add.ts';
import { concatenate } from './merge/concatenate.ts';
import { batchNormalization } from './normalization/batch-normalization.ts';
import { groupNormalization } from './normalization/group-normalization.ts';
import { layerNormalization } from './normalization/layer-normalization.ts';
import { channelPadding } from './padding/channel-padding.ts';
import { zeroPadding2d } from './padding/zero-padding2d.ts';
import { averagePooling2d } from './pooling/average-pooling2d.ts';
import { blurPooling2d } from './pooling/blur-pooling2d.ts';
import { generalizedMeanPooling2d } from './pooling/generalized-mean-pooling2d.ts';
import { globalAveragePooling2d } from './pooling/global-average-pooling2d.ts';
import { globalMaxPooling2d } from './pooling/global-max-pooling2d.ts';
import { lpPooling2d } from './pooling/lp-pooling2d.ts';
import { maxPooling2d } from './pooling/max-pooling2d.ts';
import { mixedPooling2d } from './pooling/mixed-pooling2d.ts';
import { stochasticPooling2d } from './pooling/stochastic-pooling2d.ts';
import { dropPath } from './regularization/drop-path.ts';
import { gaussianNoise } from './regularization/gaussian-noise.ts';
import { spatialDropout2d } from './regularization/spatial-dropout2d.ts';
import { addLayer, registeredLayer, registeredTypes } from './registered-layers.ts';

/** Every layer, by its name in YAML. */
export const layerDescriptors = {
  conv2d,
  depthwiseConv2d,
  separableConv2d,
  weightStandardizedConv2d,
  coordConv2d,
  gatedConv2d,
  dense,
  flatten,
  activation,
  leakyReLU,
  prelu,
  mish,
  swish,
  gelu,
  squaredRelu,
  squeezeExcitation,
  cbam,
  efficientChannelAttention,
  selfAttention2d,
  dropout,
  spatialDropout2d,
  dropPath,
  gaussianNoise,
  batchNormalization,
  groupNormalization,
  layerNormalization,
  maxPooling2d,
  averagePooling2d,
  mixedPooling2d,
  lpPooling2d,
  blurPooling2d,
  stochasticPooling2d,
  globalAveragePooling2d,
  globalMaxPooling2d,
  generalizedMeanPooling2d,
  zeroPadding2d,
  channelPadding,
  add,
  concatenate,
} as const;

export type LayerType = keyof typeof layerDescriptors;

/** The names in YAML, in the order of {@link layerDescriptors}. */
export const layerTypes = Object.keys(layerDescriptors) as readonly LayerType[];

function isOwn(type: string): type is LayerType {
  return Object.hasOwn(layerDescriptors, type);
}

/** Whether there is a layer of that name, registered ones among them. */
export function isLayerType(type: string): boolean {
  return isOwn(type) || registeredLayer(type) !== undefined;
}

/** Every name there is now: {@link layerTypes}, then what {@link registerLayer} added. */
export function allLayerTypes(): string[] {
  return [...layerTypes, ...registeredTypes()];
}

/**
 * Adds a layer to those that studies can name, in this process. The same source may add its layer again, changed.
 *
 * @param source What adds it, such as the path of a plugin.
 * @throws Error if the descriptor is none, or its name is taken.
 */
export function registerLayer(descriptor: unknown, source: string): void {
  addLayer(descriptor, source, layerTypes);
}

/** The descriptor of a layer. @throws Error if there is no such layer; {@link allLayerTypes} has all names. */
export function describeLayer(type: string): LayerDescriptor {
  if (isOwn(type)) return layerDescriptors[type];
  const added = registeredLayer(type);
  if (added !== undefined) return added.descriptor;
  throw new Error(`unknown layer "${type}". The layers are: ${allLayerTypes().join(', ')}.`);
}
