import { serialization } from '@tensorflow/tfjs-core';
import { GELU } from './activation/gelu.ts';
import { Mish } from './activation/mish.ts';
import { SquaredReLU } from './activation/squared-relu.ts';
import { Swish } from './activation/swish.ts';
import { CBAM } from './attention/cbam.ts';
import { EfficientChannelAttention } from './attention/efficient-channel-attention.ts';
import { SelfAttention2D } from './attention/self-attention2d.ts';
import { SqueezeExcitation } from './attention/squeeze-excitation.ts';
import { CoordConv2D } from './convolution/coord-conv2d.ts';
import { GatedConv2D } from './convolution/gated-conv2d.ts';
import { WeightStandardizedConv2D } from './convolution/weight-standardized-conv2d.ts';
import { GroupNormalization } from './normalization/group-normalization.ts';
import { ChannelPadding } from './padding/channel-padding.ts';
import { BlurPooling2D } from './pooling/blur-pooling2d.ts';
import { GeneralizedMeanPooling2D } from './pooling/generalized-mean-pooling2d.ts';
import { LpPooling2D } from './pooling/lp-pooling2d.ts';
import { MixedPooling2D } from './pooling/mixed-pooling2d.ts';
import { StochasticPooling2D } from './pooling/stochastic-pooling2d.ts';
import { DropPath } from './regularization/drop-path.ts';
import { SpatialDropout2D } from './regularization/spatial-dropout2d.ts';

/**
 * The layers that tf.layers has not, by their names in YAML. Importing this module registers them with tfjs under their
 * own names, so that any loader finds them; no stock name is touched.
 */
export const ownLayers = {
  weightStandardizedConv2d: WeightStandardizedConv2D,
  coordConv2d: CoordConv2D,
  gatedConv2d: GatedConv2D,
  mish: Mish,
  swish: Swish,
  gelu: GELU,
  squaredRelu: SquaredReLU,
  squeezeExcitation: SqueezeExcitation,
  cbam: CBAM,
  efficientChannelAttention: EfficientChannelAttention,
  selfAttention2d: SelfAttention2D,
  spatialDropout2d: SpatialDropout2D,
  dropPath: DropPath,
  groupNormalization: GroupNormalization,
  mixedPooling2d: MixedPooling2D,
  lpPooling2d: LpPooling2D,
  blurPooling2d: BlurPooling2D,
  stochasticPooling2d: StochasticPooling2D,
  generalizedMeanPooling2d: GeneralizedMeanPooling2D,
  channelPadding: ChannelPadding,
};

for (const ownLayer of Object.values(ownLayers)) serialization.registerClass<OwnInstance>(ownLayer);

type OwnInstance = InstanceType<(typeof ownLayers)[keyof typeof ownLayers]>;
