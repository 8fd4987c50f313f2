import { activationNames } from '@ablate/layers/schema';
import { z } from 'zod';
import { normNames } from '../block-schemas.ts';

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
