import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, models } from '@tensorflow/tfjs-layers';
import { PReLU } from './activation/prelu.ts';
import { Conv2D } from './convolution/conv2d.ts';
import { DepthwiseConv2D } from './convolution/depthwise-conv2d.ts';
import { SeparableConv2D } from './convolution/separable-conv2d.ts';
import { Activation } from './core/activation.ts';
import { Dense } from './core/dense.ts';
import { Dropout } from './core/dropout.ts';
import type { LayerArgs } from './described-layer.ts';
import { BatchNormalization } from './normalization/batch-normalization.ts';
import { LayerNormalization } from './normalization/layer-normalization.ts';
// Registers them: a saved model may hold any.
import './own-layers.ts';
import { GaussianNoise } from './regularization/gaussian-noise.ts';
import type { LayerDescriptor } from './schema/descriptor.ts';
import { layerDescriptors as described } from './schema/layer-descriptors.ts';
import { SAVED_ACTIVITY_PENALTY } from './schema/penalty.ts';
import { argsOf, commonOf } from './stock-config.ts';

type Config = tf.serialization.ConfigDict;
type Load = (config: Config) => layers.Layer | null;

/** Our class for each stock class that we improve; null where a config asks for more than ours can do. */
const loaders: Record<string, Load> = {
  [Conv2D.className]: loader(described.conv2d, (args, base) => new Conv2D(args, base)),
  [DepthwiseConv2D.className]: loader(described.depthwiseConv2d, (args, base) => new DepthwiseConv2D(args, base)),
  [SeparableConv2D.className]: loader(described.separableConv2d, (args, base) => new SeparableConv2D(args, base)),
  [Activation.className]: loader(described.activation, (args, base) => new Activation(args, base)),
  [Dense.className]: loader(described.dense, (args, base) => new Dense(args, base)),
  [BatchNormalization.className]: loader(
    described.batchNormalization,
    (args, base) => new BatchNormalization(args, base),
  ),
  [LayerNormalization.className]: loader(
    described.layerNormalization,
    (args, base) => new LayerNormalization(args, base),
  ),
  [GaussianNoise.className]: loader(described.gaussianNoise, (args, base) => new GaussianNoise(args, base)),
  [PReLU.className]: loadPReLU,
  [Dropout.className]: loader(described.dropout, (args, base, config) => {
    const seed = config['seed'];
    return new Dropout(args, typeof seed === 'number' ? { ...base, seed } : base);
  }),
};

/**
 * Loads a model that any tfjs program saved, with our layers in place of the stock ones that they improve. A layer with
 * options that ours lack (a constraint, `channelsFirst`, …) stays stock. Topology and weights are read; a saved
 * optimizer is not.
 *
 * @param source A URL as `tf.loadLayersModel` takes, or a tf.io handler.
 */
export async function loadModel(source: string | tf.io.IOHandler): Promise<LayersModel> {
  const handler = typeof source === 'string' ? handlerOf(source) : source;
  if (handler.load === undefined) throw new Error('loadModel: the handler must be able to load; it has no load().');
  const { modelTopology, weightSpecs, weightData } = await handler.load();
  if (modelTopology === undefined || modelTopology instanceof ArrayBuffer) {
    throw new Error('loadModel: the source must hold a layers model; it has no topology in JSON.');
  }
  const model = await fromTopology(modelTopology);
  if (weightSpecs !== undefined && weightData !== undefined) {
    const weights = tf.io.decodeWeights(weightData, weightSpecs);
    try {
      model.loadWeights(weights);
    } finally {
      tf.dispose(weights);
    }
  }
  return model;
}

/**
 * tfjs reads classes from one global table, and its `customObjects` don't reach into a Sequential. So the topology's
 * classes get names of ours, which are in the table only while the layers are made; the stock entries are not touched.
 */
function fromTopology(topology: object): Promise<LayersModel> {
  const table = tf.serialization.SerializationMap.getMap().classNameMap;
  const names = Object.keys(loaders);
  for (const name of names) {
    const stock = table[name];
    const load = loaders[name];
    if (stock === undefined || load === undefined) throw new Error(`internal: tfjs has no class ${name}.`);
    const [stockClass, stockFromConfig] = stock;
    table[ownName(name)] = [stockClass, (_, config) => load(config) ?? stockFromConfig(stockClass, config)];
  }
  try {
    // The layers are made before it first waits.
    return models.modelFromJSON({ modelTopology: renamed(topology) as tf.io.ModelJSON['modelTopology'] });
  } finally {
    for (const name of names) delete table[ownName(name)];
  }
}

function ownName(className: string): string {
  return `Ablate>${className}`;
}

/** A copy of a topology in which the layers that we improve have our names. */
function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, renamed(part)]));
  const name: unknown = copy['class_name'];
  if (typeof name === 'string' && Object.hasOwn(loaders, name)) copy['class_name'] = ownName(name);
  return copy;
}

function loader<Args>(
  descriptor: LayerDescriptor<Args>,
  create: (args: Args, base: LayerArgs, config: Config) => layers.Layer,
): Load {
  return (config) => {
    // A key that the schema does not know is refused by name.
    const known = (name: string) => {
      const issues = descriptor.args.safeParse({ [name]: undefined }).error?.issues ?? [];
      return !issues.some((issue) => issue.code === 'unrecognized_keys');
    };
    const { success, data, error } = descriptor.args.safeParse(argsOf(config, known));
    if (!success) {
      if (SAVED_ACTIVITY_PENALTY in config) throw new Error(lostPenalty(descriptor, config, error.issues));
      return null;
    }
    return create(data, commonOf(config), config);
  };
}

/** A stock layer would train without it, and not say so. */
function lostPenalty(
  { type, className }: { type: string; className: string },
  config: Config,
  issues: readonly { path: PropertyKey[]; message: string }[],
): string {
  const refused = issues.map(({ path, message }) => [...path, message].join(': ')).join('; ');
  return `loadModel: "${config['name'] as string}" (${className}) must have options of ${type}, which alone applies its ${SAVED_ACTIVITY_PENALTY}; ${refused}. Correct model.json, or take out activity_penalty there to load it without.`;
}

/** Ours where one alpha for each channel starts from a constant, as in its own config. */
function loadPReLU(config: Config): layers.Layer | null {
  const { alphaInitializer, sharedAxes, ...rest } = config as { alphaInitializer?: unknown; sharedAxes?: unknown };
  const { className, config: options } = (alphaInitializer ?? {}) as { className?: string; config?: Config };
  const shared = ['[1,2]', '[]'].includes(JSON.stringify(sharedAxes));
  if (!shared || className !== 'Constant') return null;
  const load = loader(described.prelu, (args, base) => new PReLU(args, base));
  return load({ ...(rest as Config), alpha: options?.['value'] ?? null });
}

function handlerOf(url: string): tf.io.IOHandler {
  const [handler] = tf.io.getLoadHandlers(url);
  return handler ?? tf.io.browserHTTPRequest(url);
}
