import { type ActivationName, activationNames } from '@ablate/layers/schema';
import { z } from 'zod';
import { normNames } from '../block-schemas.ts';
import type { NetworkContext } from '../build-graph.ts';

/** A layer as it is written in a list. */
export type AuthoredLayer = string | Record<string, unknown>;

/** A named architecture: options, and the list of layers that they stand for. */
export interface Family<Options = Record<string, unknown>> {
  /** One line for lists and editors. */
  readonly summary: string;
  /** Strict object of the options, `name` among them, each described and with its default. */
  readonly options: z.ZodObject & z.ZodType<Options>;
  /** The layers, as a user would write them. */
  layers(options: Options, context: NetworkContext): AuthoredLayer[];
}

/** What {@link variantsOf} makes families of. */
export interface Variants<Variant, Options extends Record<string, unknown>> {
  /** What differs, by name. */
  readonly variants: Readonly<Record<string, Variant>>;
  summary(variant: Variant): string;
  /** The options, without `name`. */
  readonly options: z.ZodObject & z.ZodType<Options>;
  layers(options: Options, variant: Variant, context: NetworkContext): AuthoredLayer[];
}

/** Architectures that one builder makes of data. They share one schema, whose `name` says which one is meant. */
export function variantsOf<Variant, Options extends Record<string, unknown>>(
  family: Variants<Variant, Options>,
): Record<string, Family> {
  const { variants, options } = family;
  const named = options.safeExtend({ name: z.enum(Object.keys(variants)) });
  return Object.fromEntries(
    Object.entries(variants).map(([name, variant]): [string, Family] => [
      name,
      {
        summary: family.summary(variant),
        options: named,
        layers(written, context) {
          const { name: _, ...rest } = written;
          return family.layers(rest as Options, variant, context);
        },
      },
    ]),
  );
}

/** A layer by a short name, or a map from its name to its arguments. */
export type LayerChoice = string | Record<string, unknown>;

/** An option for a layer: one of `names`, or a map with any layer and its arguments, which is read as one of a list. */
export function layerOption(names: readonly string[]) {
  return z.union([z.enum(names), z.record(z.string(), z.unknown())]);
}

/** Options that {@link layerOption} made: what a map in them gets wrong is told at its place. */
export const LAYER_OPTIONS: readonly string[] = ['norm', 'activation', 'attention', 'pooling', 'globalPooling'];

/** Activations that stand between layers. */
export const hiddenActivation = layerOption([
  ...activationNames.filter((name) => name !== 'softmax'),
  'leakyReLU',
  'prelu',
  'squaredRelu',
])
  .default('relu')
  .describe('Activation between the layers, or a layer with its arguments.');

/** Fraction of activations that are zeroed in training; 0 leaves the layer out. */
export const dropoutRate = z
  .number()
  .min(0)
  .lt(1)
  .describe('Fraction of activations zeroed in training, in [0, 1); 0 leaves dropout out.');

/** Side of a square window. */
export const kernelSize = z.int().min(1).default(3).describe('Height and width of the kernels.');

/** Normalization behind convolutions. */
export const norm = layerOption(normNames)
  .default('batch')
  .describe('Normalization: batch, group, layer, none, or a layer with its arguments.');

/** For `norm: group`. */
export const groups = z
  .int()
  .min(1)
  .default(8)
  .describe('Groups of channels where norm is group; it must divide all numbers of channels.');

/** Factor of every width but that of the logits. */
export const widthMultiplier = z
  .number()
  .positive()
  .default(1)
  .describe('Factor of all numbers of filters and units, which are rounded; the logits keep theirs.');

/** Layers that weigh channels or pixels. */
export const attention = layerOption([
  'none',
  'squeezeExcitation',
  'efficientChannelAttention',
  'cbam',
  'selfAttention2d',
])
  .default('none')
  .describe('Attention layer at the end of each block, by its name or with its arguments.');

/** How an image becomes a row before the logits. */
export const globalPooling = layerOption(['average', 'max', 'generalizedMean'])
  .default('average')
  .describe('What is taken of each channel before the logits: its mean, its maximum, a learned mean; or a layer.');

/** Windows between convolutions. */
export const pooling = layerOption(['max', 'average', 'mixed', 'lp', 'blur', 'stochastic'])
  .default('max')
  .describe('What is taken of each 2×2 window, or a layer with its arguments. blur has windows of 3×3.');

/** `dropout`, unless its rate is 0. */
export function dropout(rate: number): AuthoredLayer[] {
  return rate === 0 ? [] : [{ dropout: { rate } }];
}

/** A width times {@link widthMultiplier}: a whole number, at least 1. */
export function scaled(width: number, multiplier: number): number {
  return Math.max(1, Math.round(width * multiplier));
}

/** The momentum and epsilon that PyTorch's batch norm has by default, and the published ResNets were trained with. */
const referenceBatchNorm = { momentum: 0.9, epsilon: 1e-5 };

/** The layer of a normalization, as blocks and lists take it; `none` for none. */
export function normLayer(choice: LayerChoice, groupCount: number): AuthoredLayer {
  switch (choice) {
    case 'batch':
      return { batchNormalization: referenceBatchNorm };
    case 'group':
      return { groupNormalization: { groups: groupCount } };
    case 'layer':
      return 'layerNormalization';
    default:
      return choice;
  }
}

/** The layer of a normalization with the arguments that tf.layers gives it, as the reference study has them. */
export function plainNorm(choice: LayerChoice, groupCount: number): AuthoredLayer {
  return choice === 'batch' ? 'batchNormalization' : normLayer(choice, groupCount);
}

/** An activation as a layer. */
export function activationLayer(choice: LayerChoice, name?: string): AuthoredLayer[] {
  return named(isFunction(choice) ? { activation: { activation: choice } } : choice, name);
}

/** A layer and its activation: an argument of it where it is one of tf.layers'. */
export function activated(
  type: string,
  args: Record<string, unknown>,
  activation: LayerChoice,
  name?: string,
): AuthoredLayer[] {
  if (isFunction(activation)) return [{ [type]: { ...args, activation } }];
  return [{ [type]: args }, ...named(activation, name)];
}

function isFunction(choice: LayerChoice): choice is ActivationName {
  return activationNames.some((name) => name === choice);
}

/** Convolution and activation in one, or with a normalization between them, and without a bias then. */
export function plainConv(
  conv: { filters: number; kernelSize: number },
  { activation, norm: choice, groups: groupCount }: { activation: LayerChoice; norm: LayerChoice; groups: number },
): AuthoredLayer[] {
  const normalization = plainNorm(choice, groupCount);
  const args = { ...conv, padding: 'same' };
  if (normalization === 'none') return activated('conv2d', args, activation);
  return [{ conv2d: { ...args, useBias: false } }, ...named(normalization), ...activationLayer(activation)];
}

/** Layers that pool 2×2 windows. */
const poolings: Readonly<Record<string, string>> = {
  max: 'maxPooling2d',
  average: 'averagePooling2d',
  mixed: 'mixedPooling2d',
  lp: 'lpPooling2d',
};

/** Pooling of 2×2 windows; `same` keeps the last row and column of odd extents, where the layer can. */
export function poolingLayer(choice: LayerChoice, name?: string, padding: 'valid' | 'same' = 'valid'): AuthoredLayer[] {
  if (choice === 'blur') return named('blurPooling2d', name);
  if (choice === 'stochastic') return named('stochasticPooling2d', name);
  const type = typeof choice === 'string' ? poolings[choice] : undefined;
  const layer = type === undefined ? choice : { [type]: { poolSize: 2, ...(padding === 'same' ? { padding } : {}) } };
  return named(layer, name);
}

/** A layer, with a name if it is given one; nothing for `none`. */
export function named(layer: AuthoredLayer, name?: string): AuthoredLayer[] {
  if (layer === 'none') return [];
  if (name === undefined) return [layer];
  if (typeof layer === 'string') return [{ [layer]: { name } }];
  return Object.entries(layer).map(([type, args]) => ({ [type]: { ...(args as object), name } }));
}

/** Convolution, normalization, activation, called `<name>_conv` and so on; a bias only without normalization. */
export function convNormActivation(
  name: string,
  conv: { filters: number; kernelSize: number; strides?: number },
  normalization: AuthoredLayer,
  activation: LayerChoice,
): AuthoredLayer[] {
  const useBias = normalization === 'none';
  const args = { padding: 'same', useBias, kernelInitializer: 'heNormal', ...conv };
  return [
    { conv2d: { ...args, name: `${name}_conv` } },
    ...named(normalization, `${name}_norm`),
    ...activationLayer(activation, `${name}_activation`),
  ];
}

/** Layers that make one number of each channel. */
const globalPoolings: Readonly<Record<string, string>> = {
  average: 'globalAveragePooling2d',
  max: 'globalMaxPooling2d',
  generalizedMean: 'generalizedMeanPooling2d',
};

/** Global pooling, dropout, logits. */
export function pooledHead(choice: LayerChoice, rate: number, classes: number): AuthoredLayer[] {
  const layer = typeof choice === 'string' ? (globalPoolings[choice] ?? choice) : choice;
  return [layer, ...dropout(rate), { dense: { units: classes } }];
}

/** Whether an image is of the size of CIFAR's rather than ImageNet's: a side of less than 64 pixels. */
export function isSmall({ inputShape }: NetworkContext): boolean {
  const [height = 1, width = 1] = inputShape;
  return Math.min(height, width) < 64;
}
