export { type ActivationName, activationNames } from './activations.ts';
export { type Conv2dArgs, conv2d } from './convolution/conv2d.ts';
export { type DepthwiseConv2dArgs, depthwiseConv2d } from './convolution/depthwise-conv2d.ts';
export { type SeparableConv2dArgs, separableConv2d } from './convolution/separable-conv2d.ts';
export { type ActivationLayerArgs, activation } from './core/activation.ts';
export { type DenseArgs, dense } from './core/dense.ts';
export { type DropoutArgs, dropout } from './core/dropout.ts';
export { flatten } from './core/flatten.ts';
export { type LeakyReLUArgs, leakyReLU } from './core/leaky-relu.ts';
export { type LayerDescriptor, type Shape, ShapeError, type View, type WeightSpec } from './descriptor.ts';
export {
  depthwiseFans,
  type Fans,
  fansOf,
  type InitializerName,
  initialize,
  initializerNames,
  initializeWeight,
} from './initializers.ts';
export { formatShape } from './inputs.ts';
export {
  allLayerTypes,
  describeLayer,
  isLayerType,
  type LayerType,
  layerDescriptors,
  layerTypes,
  registerLayer,
} from './layer-descriptors.ts';
export { add } from './merge/add.ts';
export { type ConcatenateArgs, concatenate } from './merge/concatenate.ts';
export { type BatchNormalizationArgs, batchNormalization } from './normalization/batch-normalization.ts';
export { type ZeroPadding2dArgs, zeroPadding2d } from './padding/zero-padding2d.ts';
export { type Pair, pair } from './pair.ts';
export { averagePooling2d } from './pooling/average-pooling2d.ts';
export { globalAveragePooling2d } from './pooling/global-average-pooling2d.ts';
export { globalMaxPooling2d } from './pooling/global-max-pooling2d.ts';
export { maxPooling2d } from './pooling/max-pooling2d.ts';
export type { PoolArgs } from './pooling/pool-args.ts';
export { registeredLayer } from './registered-layers.ts';
