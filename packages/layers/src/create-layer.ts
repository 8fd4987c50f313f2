import { layers } from '@tensorflow/tfjs-layers';
import { PReLU } from './activation/prelu.ts';
import { Conv2D } from './convolution/conv2d.ts';
import { DepthwiseConv2D } from './convolution/depthwise-conv2d.ts';
import { SeparableConv2D } from './convolution/separable-conv2d.ts';
import { Activation } from './core/activation.ts';
import { Dense } from './core/dense.ts';
import { Dropout } from './core/dropout.ts';
import { BatchNormalization } from './normalization/batch-normalization.ts';
import { LayerNormalization } from './normalization/layer-normalization.ts';
import { ownLayers } from './own-layers.ts';
import { GaussianNoise } from './regularization/gaussian-noise.ts';
import { pluginClass } from './plugin.ts';
import type { PoolArgs } from './schema/pooling/pool-args.ts';
import { describeLayer, type LayerType, layerDescriptors } from './schema/layer-descriptors.ts';

const described = layerDescriptors;
type Create = (args: unknown, name: string) => layers.Layer;

/** The layer of each descriptor: ours where they are better, else those of tf.layers. */
const constructors: Record<LayerType, Create> = {
  weightStandardizedConv2d: own('weightStandardizedConv2d'),
  coordConv2d: own('coordConv2d'),
  gatedConv2d: own('gatedConv2d'),
  conv2d: (args, name) => new Conv2D(described.conv2d.args.parse(args), { name }),
  depthwiseConv2d: (args, name) => new DepthwiseConv2D(described.depthwiseConv2d.args.parse(args), { name }),
  separableConv2d: (args, name) => new SeparableConv2D(described.separableConv2d.args.parse(args), { name }),
  dense: (args, name) => new Dense(described.dense.args.parse(args), { name }),
  flatten: (_, name) => layers.flatten({ name }),
  activation: (args, name) => new Activation(described.activation.args.parse(args), { name }),
  leakyReLU: (args, name) => layers.leakyReLU({ ...described.leakyReLU.args.parse(args), name }),
  prelu: (args, name) => new PReLU(described.prelu.args.parse(args), { name }),
  mish: own('mish'),
  swish: own('swish'),
  gelu: own('gelu'),
  squaredRelu: own('squaredRelu'),
  squeezeExcitation: own('squeezeExcitation'),
  cbam: own('cbam'),
  efficientChannelAttention: own('efficientChannelAttention'),
  selfAttention2d: own('selfAttention2d'),
  spatialDropout2d: own('spatialDropout2d'),
  dropPath: own('dropPath'),
  gaussianNoise: (args, name) => new GaussianNoise(described.gaussianNoise.args.parse(args), { name }),
  groupNormalization: own('groupNormalization'),
  layerNormalization: (args, name) => new LayerNormalization(described.layerNormalization.args.parse(args), { name }),
  mixedPooling2d: own('mixedPooling2d'),
  lpPooling2d: own('lpPooling2d'),
  blurPooling2d: own('blurPooling2d'),
  stochasticPooling2d: own('stochasticPooling2d'),
  generalizedMeanPooling2d: own('generalizedMeanPooling2d'),
  dropout: (args, name) => new Dropout(described.dropout.args.parse(args), { name }),
  batchNormalization: (args, name) => new BatchNormalization(described.batchNormalization.args.parse(args), { name }),
  maxPooling2d: (args, name) => layers.maxPooling2d({ ...pooling(described.maxPooling2d.args.parse(args)), name }),
  averagePooling2d: (args, name) =>
    layers.averagePooling2d({ ...pooling(described.averagePooling2d.args.parse(args)), name }),
  globalAveragePooling2d: (_, name) => layers.globalAveragePooling2d({ name }),
  globalMaxPooling2d: (_, name) => layers.globalMaxPooling2d({ name }),
  zeroPadding2d: (args, name) => layers.zeroPadding2d({ ...described.zeroPadding2d.args.parse(args), name }),
  channelPadding: own('channelPadding'),
  add: (_, name) => layers.add({ name }),
  concatenate: (args, name) => layers.concatenate({ ...described.concatenate.args.parse(args), name }),
};

/**
 * The tf.layers layer of a type, with a name that is unique in its model (a path such as `block2/conv1` is allowed).
 *
 * @throws Error for an unknown type; ZodError for arguments that its descriptor refuses.
 */
export function createLayer(type: string, args: Readonly<Record<string, unknown>>, name: string): layers.Layer {
  const { type: known, args: schema } = describeLayer(type);
  const added = pluginClass(known);
  if (added !== undefined) return new added({ ...(schema.parse(args) as object), name });
  return constructors[known as LayerType](args, name);
}

/** A layer of our own: it checks its arguments itself. */
function own(type: keyof typeof ownLayers): Create {
  const OwnClass = ownLayers[type] as new (options: object) => layers.Layer;
  return (args, name) => new OwnClass({ ...(args as object), name });
}

/** tf.layers takes no strides where they are those of the window, and its types know no null. */
function pooling({ strides, ...rest }: PoolArgs) {
  return strides === null ? rest : { ...rest, strides };
}
