export { type GeluArgs, gelu } from './activation/gelu.ts';
export { type MishArgs, mish } from './activation/mish.ts';
export { type PreluArgs, prelu } from './activation/prelu.ts';
export { type SquaredReluArgs, squaredRelu } from './activation/squared-relu.ts';
export { type SwishArgs, swish } from './activation/swish.ts';
export { type ActivationName, activationNames } from './activations.ts';
export { type CbamArgs, cbam } from './attention/cbam.ts';
export {
  type EfficientChannelAttentionArgs,
  efficientChannelAttention,
} from './attention/efficient-channel-attention.ts';
export { type SelfAttention2dArgs, selfAttention2d } from './attention/self-attention2d.ts';
export { type SqueezeExcitationArgs, squeezeExcitation } from './attention/squeeze-excitation.ts';
export { type Conv2dArgs, conv2d } from './convolution/conv2d.ts';
export { type CoordConv2dArgs, coordConv2d } from './convolution/coord-conv2d.ts';
export { type DepthwiseConv2dArgs, depthwiseConv2d } from './convolution/depthwise-conv2d.ts';
export { type GatedConv2dArgs, gatedConv2d } from './convolution/gated-conv2d.ts';
export { type SeparableConv2dArgs, separableConv2d } from './convolution/separable-conv2d.ts';
export {
  type WeightStandardizedConv2dArgs,
  weightStandardizedConv2d,
} from './convolution/weight-standardized-conv2d.ts';
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
  type WeightInitializer,
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
export { type GroupNormalizationArgs, groupNormalization } from './normalization/group-normalization.ts';
export { type LayerNormalizationArgs, layerNormalization } from './normalization/layer-normalization.ts';
export { type ChannelPaddingArgs, channelPadding } from './padding/channel-padding.ts';
export { type ZeroPadding2dArgs, zeroPadding2d } from './padding/zero-padding2d.ts';
export { type Pair, pair } from './pair.ts';
export { type Penalty, SAVED_ACTIVITY_PENALTY, savedPenalty } from './penalty.ts';
export { averagePooling2d } from './pooling/average-pooling2d.ts';
export { type BlurPooling2dArgs, blurPooling2d } from './pooling/blur-pooling2d.ts';
export { type GeneralizedMeanPooling2dArgs, generalizedMeanPooling2d } from './pooling/generalized-mean-pooling2d.ts';
export { globalAveragePooling2d } from './pooling/global-average-pooling2d.ts';
export { globalMaxPooling2d } from './pooling/global-max-pooling2d.ts';
export { type LpPooling2dArgs, lpPooling2d } from './pooling/lp-pooling2d.ts';
export { maxPooling2d } from './pooling/max-pooling2d.ts';
export { mixedPooling2d } from './pooling/mixed-pooling2d.ts';
export type { PoolArgs } from './pooling/pool-args.ts';
export { type StochasticPooling2dArgs, stochasticPooling2d } from './pooling/stochastic-pooling2d.ts';
export { type DropPathArgs, dropPath } from './regularization/drop-path.ts';
export { type GaussianNoiseArgs, gaussianNoise } from './regularization/gaussian-noise.ts';
export { type SpatialDropout2dArgs, spatialDropout2d } from './regularization/spatial-dropout2d.ts';
export { registeredLayer } from './registered-layers.ts';
