import {
  allLayerTypes,
  describeLayer,
  type InitializerName,
  initializerNames,
  SAVED_ACTIVITY_PENALTY,
  savedPenalty,
  type Shape,
} from '@ablate/layers/schema';
import { isMap } from '../describe-value.ts';

/** A layer of a saved model, as the graph has it. */
export interface ReadLayer {
  layer: string;
  args: Record<string, unknown>;
}

/** What every layer's config has, whatever its kind. */
const common = new Set(['name', 'trainable', 'batchInputShape', 'dtype', 'seed', 'supportsMasking', 'inputDtype']);
/** Options that descriptors leave out, with the value that means the same. */
const neutral: Readonly<Record<string, unknown>> = {
  dataFormat: 'channelsLast',
  dilationRate: [1, 1],
  groups: 1,
  interpolation: 'nearest',
  movingMeanInitializer: 'zeros',
  movingVarianceInitializer: 'ones',
};
const pairs = ['kernelSize', 'strides', 'dilationRate', 'poolSize'];

/**
 * The layer of a class name and config as tfjs and Keras save them. Initializers that have no name here are read as the
 * layer's default: a saved model has its weights. Penalties and constraints of Keras that no descriptor has are passed
 * over: they change no value of the network.
 *
 * @param inputs Shapes of its inputs, without the batch.
 * @throws Error that says what of the layer can't be described.
 */
export function layerFromConfig(
  className: string,
  config: Record<string, unknown>,
  inputs: readonly Shape[],
): ReadLayer {
  const options = camelKeys(config);
  const special = Object.hasOwn(translations, className) ? translations[className] : undefined;
  if (special !== undefined) return complete(...special(options));
  const layer = allLayerTypes().find((type) => describeLayer(type).className === className);
  if (layer === undefined) throw new Error(`no descriptor has the class ${className}`);
  return complete(layer, argsOf(layer, options, inputs[0]?.length ?? null));
}

function complete(layer: string, args: Record<string, unknown>): ReadLayer {
  const parsed = describeLayer(layer).args.safeParse(args);
  if (parsed.success) return { layer, args: parsed.data };
  const [issue] = parsed.error.issues;
  throw new Error(`its options do not fit "${layer}": ${[...(issue?.path ?? []), issue?.message].join(': ')}`);
}

type Translation = (options: Record<string, unknown>) => [layer: string, args: Record<string, unknown>];

/** Classes of tf.layers that are another layer here. */
const translations: Readonly<Record<string, Translation>> = {
  ReLU({ maxValue = null, negativeSlope = null, threshold = null }) {
    if ((threshold ?? 0) !== 0) throw new Error(`its threshold must be 0; received ${JSON.stringify(threshold)}`);
    if (typeof negativeSlope === 'number' && negativeSlope !== 0 && maxValue === null) {
      return ['leakyReLU', { alpha: negativeSlope }];
    }
    if (maxValue !== null && maxValue !== 6) {
      throw new Error(`its maxValue must be 6 or nothing; received ${JSON.stringify(maxValue)}`);
    }
    return ['activation', { activation: maxValue === 6 ? 'relu6' : 'relu' }];
  },
  Softmax: () => ['activation', { activation: 'softmax' }],
  PReLU({ alphaInitializer }) {
    const { config } = isMap(alphaInitializer) ? alphaInitializer : {};
    const value = isMap(config) ? config['value'] : undefined;
    return ['prelu', typeof value === 'number' ? { alpha: value } : {}];
  },
};

function argsOf(layer: string, options: Record<string, unknown>, rank: number | null): Record<string, unknown> {
  const known = argumentNames(layer);
  const args: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === null || value === undefined || common.has(name)) continue;
    if (name.endsWith('Constraint')) continue;
    if (name === 'axis') {
      // Counted with the batch's axis.
      const [axis, ...others] = [value].flat();
      if (others.length > 0 || (axis !== -1 && rank !== null && axis !== rank)) {
        throw new Error(`its axis must be the last; received ${JSON.stringify(value)}`);
      }
    } else if (name.endsWith('Regularizer')) {
      const penalty = savedPenalty(value);
      if (known.has(name) && penalty !== undefined) args[name] = penalty;
    } else if (name.endsWith('Initializer')) {
      const initializer = initializerOf(value);
      if (known.has(name) && initializer !== undefined) args[name] = initializer;
    } else if (name === SAVED_ACTIVITY_PENALTY) {
      args['activityRegularizer'] = value;
    } else if (known.has(name)) {
      args[name] = plain(name, value);
    } else if (value !== false && JSON.stringify(plain('', value)) !== JSON.stringify(neutral[name])) {
      throw new Error(`"${layer}" has no option ${name}, which is ${JSON.stringify(value)}`);
    }
  }
  if (args['strides'] !== undefined && JSON.stringify(args['strides']) === JSON.stringify(args['poolSize'])) {
    // What pooling does if nothing is said.
    args['strides'] = null;
  }
  if (args['activation'] === 'linear' && layer !== 'activation') args['activation'] = null;
  return args;
}

/** A key that a strict schema does not know is refused by name; what is known is another matter. */
function argumentNames(layer: string): { has(name: string): boolean } {
  const { args } = describeLayer(layer);
  return {
    has(name) {
      const issues = args.safeParse({ [name]: undefined }).error?.issues ?? [];
      return !issues.some((issue) => issue.code === 'unrecognized_keys');
    },
  };
}

/** The shortest form of a value: 3 for [3, 3]. */
function plain(name: string, value: unknown): unknown {
  if (typeof value === 'string') return camel(value);
  if (!Array.isArray(value)) return value;
  if (pairs.includes(name)) return value[0] === value[1] ? value[0] : value;
  if (name !== 'padding') return value;
  const sides = value.map((side: unknown) =>
    Array.isArray(side) && side[0] === side[1] ? (side[0] as unknown) : side,
  );
  if (sides.some(Array.isArray)) return value;
  return sides[0] === sides[1] ? sides[0] : sides;
}

/** Fan, distribution and scale of each name that Keras writes as a VarianceScaling. */
const scalings: Partial<Record<InitializerName, readonly [scale: number, mode: string, distribution: string]>> = {
  glorotUniform: [1, 'fanAvg', 'uniform'],
  glorotNormal: [1, 'fanAvg', 'normal'],
  heUniform: [2, 'fanIn', 'uniform'],
  heNormal: [2, 'fanIn', 'normal'],
  leCunUniform: [1, 'fanIn', 'uniform'],
  leCunNormal: [1, 'fanIn', 'normal'],
};

function initializerOf(value: unknown): InitializerName | undefined {
  const nameOf = (text: string) => initializerNames.find((name) => name.toLowerCase() === camel(text).toLowerCase());
  if (typeof value === 'string') return nameOf(value);
  if (!isMap(value)) return undefined;
  const { className, config } = value;
  if (className !== 'VarianceScaling' || !isMap(config))
    return typeof className === 'string' ? nameOf(className) : undefined;
  const { scale, mode, distribution } = config;
  const shape = [scale, camel(String(mode)), String(distribution).replace('truncated_normal', 'normal')];
  const found = initializerNames.find((name) => JSON.stringify(scalings[name]) === JSON.stringify(shape));
  if (found !== undefined) return found;
  const third = typeof scale === 'number' && Math.abs(scale - 1 / 3) < 1e-9;
  const [, fan, kind] = shape;
  return third && fan === 'fanIn' && kind === 'uniform' ? nameOf('pytorchDefault') : undefined;
}

function camelKeys(value: Record<string, unknown>): Record<string, unknown> {
  const inside = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(inside);
    return isMap(part) ? camelKeys(part) : part;
  };
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [camel(key), inside(part)]));
}

function camel(text: string): string {
  return text.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
