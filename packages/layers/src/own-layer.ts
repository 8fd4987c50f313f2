import type * as tf from '@tensorflow/tfjs-core';
import { DescribedLayer, type LayerArgs } from './described-layer.ts';
import type { LayerDescriptor } from './schema/descriptor.ts';

/** What every layer may be told, beside the arguments of its descriptor. */
const baseNames = new Set([
  'name',
  'trainable',
  'batchInputShape',
  'inputShape',
  'batchSize',
  'dtype',
  'weights',
  'customObjects',
]);

/** Options of one of our own layers: its arguments, all with defaults or as its schema asks, and those of any layer. */
export type OwnLayerOptions<Input> = Input & LayerArgs;

/**
 * A layer that tf.layers has not. Built as any tf.layers layer, from one object; it serialises under its own name with
 * the arguments as they are.
 */
export abstract class OwnLayer<Args extends object> extends DescribedLayer<Args> {
  /** @throws ZodError for arguments that the descriptor refuses, unknown ones too. */
  constructor(descriptor: LayerDescriptor<Args>, options: object) {
    const entries = Object.entries(options) as [string, unknown][];
    const part = (base: boolean) => Object.fromEntries(entries.filter(([name]) => baseNames.has(name) === base));
    super(descriptor, descriptor.args.parse(part(false)), part(true));
    this.supportsMasking = true;
  }

  protected override argsConfig(): tf.serialization.ConfigDict {
    return { ...this.args } as tf.serialization.ConfigDict;
  }
}
