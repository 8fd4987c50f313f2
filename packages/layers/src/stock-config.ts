import type { serialization } from '@tensorflow/tfjs-core';
import { initializers } from '@tensorflow/tfjs-layers';
import { type InitializerName, initializerNames } from './schema/initializers.ts';
import { pair } from './schema/pair.ts';
import { SAVED_ACTIVITY_PENALTY, savedPenalty } from './schema/penalty.ts';

type Config = serialization.ConfigDict;
type ConfigValue = serialization.ConfigDictValue;

/** Options that stock layers write and ours leave out, with the one value that means the same. */
const neutral: Record<string, ConfigValue> = {
  axis: -1,
  dataFormat: 'channelsLast',
  dilationRate: [1, 1],
  groups: 1,
  movingMeanInitializer: 'zeros',
  movingVarianceInitializer: 'ones',
};
/** The same of tf.layers, for their configs. */
const stockInitializers = {
  zeros: initializers.zeros(),
  ones: initializers.ones(),
  glorotUniform: initializers.glorotUniform({}),
  glorotNormal: initializers.glorotNormal({}),
  heUniform: initializers.heUniform({}),
  heNormal: initializers.heNormal({}),
  leCunUniform: initializers.leCunUniform({}),
  leCunNormal: initializers.leCunNormal({}),
  orthogonal: initializers.orthogonal({}),
  pytorchDefault: initializers.varianceScaling({ scale: 1 / 3, mode: 'fanIn', distribution: 'uniform' }),
} satisfies Record<InitializerName, unknown>;
/** What every layer's config has, whatever its kind. */
const common = new Set(['name', 'trainable', 'batchInputShape', 'dtype', 'customObjects', 'seed']);
const pairs = new Set(['kernelSize', 'strides', 'dilationRate']);

/** Complete arguments as the stock layer's `getConfig` would write them. */
export function configOf(args: object): Config {
  const config: Config = {};
  for (const [name, value] of Object.entries(args) as [string, ConfigValue][]) {
    if (name === 'activityRegularizer') {
      config[name] = null;
      if (value !== undefined) config[SAVED_ACTIVITY_PENALTY] = { ...(value as Config) };
    } else if (name.endsWith('Initializer')) config[name] = initializerConfig(value as InitializerName);
    else if (name.endsWith('Regularizer'))
      config[name] = value === undefined ? null : regularizerConfig(value as Config);
    else if (pairs.has(name)) config[name] = pair(value as number | [number, number]);
    else if (name === 'activation') config[name] = value ?? 'linear';
    else config[name] = value;
  }
  return config;
}

/**
 * Arguments, still to be checked by the descriptor's schema, from a config that any tfjs program saved. What the schema
 * does not know stays in, and is refused by it: such a layer must remain stock.
 *
 * @param known Names that the layer has arguments for.
 */
export function argsOf(config: Config, known: (name: string) => boolean): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(config)) {
    if (value === null || value === undefined || common.has(name)) continue;
    if (name === SAVED_ACTIVITY_PENALTY) {
      args['activityRegularizer'] = value;
      continue;
    }
    const plain = plainValue(name, value);
    if (!known(name) && JSON.stringify(neutral[name]) === JSON.stringify(plain)) continue;
    args[name] = plain;
  }
  return args;
}

/** What a layer is told besides its arguments. */
export function commonOf(config: Config): Config {
  return Object.fromEntries(
    ['name', 'trainable', 'batchInputShape', 'dtype'].flatMap((name) => {
      const value = config[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Initializers as names and penalties as their factors, where they are ours; else the value as it is. */
function plainValue(name: string, value: ConfigValue): unknown {
  if (name.endsWith('Initializer')) return initializerName(value) ?? value;
  if (name.endsWith('Regularizer')) return savedPenalty(value) ?? value;
  return value;
}

/** `regularizers.l1l2` as tf.layers writes it. */
function regularizerConfig(penalty: Config): Config {
  return { className: 'L1L2', config: { ...penalty } };
}

function initializerConfig(name: InitializerName): Config {
  const stock = stockInitializers[name];
  return { className: stock.getClassName(), config: { ...stock.getConfig() } };
}

/** The name of an initializer that was saved as an identifier or as a class with its config, if it is one of ours. */
function initializerName(value: ConfigValue): InitializerName | undefined {
  return initializerNames.find((name) => {
    if (typeof value === 'string') return value === name;
    const stock = initializerConfig(name);
    const { className, config } = value as { className?: string; config?: Config };
    const seedless = (of?: ConfigValue) => JSON.stringify({ ...(of as Config | undefined), seed: undefined });
    return className === stock['className'] && seedless(config) === seedless(stock['config']);
  });
}
