import { type ActivationName, activationNames } from '@ablate/layers/schema';
import type { NetworkContext } from '../build-graph.ts';
import type { AuthoredLayer } from './family.ts';
import type { LayerChoice } from './family-options.ts';

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
export function convUnit(
  args: Record<string, unknown>,
  normalization: AuthoredLayer,
  activation: LayerChoice,
  name?: string,
): AuthoredLayer[] {
  const part = (what: string) => (name === undefined ? undefined : `${name}_${what}`);
  if (normalization === 'none') return activated('conv2d', args, activation, part('activation'));
  return [
    { conv2d: { ...args, useBias: false } },
    ...named(normalization, part('norm')),
    ...activationLayer(activation, part('activation')),
  ];
}

/** The same as the reference study has it: padded, with {@link plainNorm}. */
export function plainConv(
  conv: { filters: number; kernelSize: number },
  { activation, norm, groups }: { activation: LayerChoice; norm: LayerChoice; groups: number },
): AuthoredLayer[] {
  return convUnit({ ...conv, padding: 'same' }, plainNorm(norm, groups), activation);
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
