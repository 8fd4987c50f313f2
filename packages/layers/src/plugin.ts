import * as ops from '@ablate/tensor-backends';
import * as core from '@tensorflow/tfjs-core';
import * as layersPackage from '@tensorflow/tfjs-layers';
import type { layers } from '@tensorflow/tfjs-layers';
import type { LayerCase, LayerSubject } from './contract/layer-subject.ts';
import type { LayerDescriptor } from './schema/descriptor.ts';
import { registerLayer } from './schema/layer-descriptors.ts';

/** What a plugin's layer is made with: the one TensorFlow.js of the process, and the fused ops. */
export interface LayerKit {
  tf: Omit<typeof core & typeof layersPackage, 'default'>;
  ops: typeof ops;
}

/**
 * A class of a plugin's layer. Its constructor takes the complete arguments of the descriptor's schema and `name`, as the
 * config that `getConfig` returns, so that saved models load; its weights are those that the descriptor names. Its
 * `className` is the descriptor's.
 */
export type LayerClass = core.serialization.SerializableConstructor<layers.Layer>;

/**
 * The default export of a plugin, or one item of it: a layer that studies can name like any other.
 *
 * The descriptor needs no tensors: it checks arguments and gives shapes, weights and costs. `define` is called where
 * tensors are, once in each thread, and returns the class.
 */
export interface LayerPlugin<Args = Record<string, unknown>> {
  descriptor: LayerDescriptor<Args>;
  define(kit: LayerKit): LayerClass;
  /** Arguments and input shapes to put it through the contract with. */
  cases?: readonly LayerCase[];
  /** What it computes, in plain loops, for the contract. */
  reference?: LayerSubject<Args>['reference'];
}

const classes = new Map<string, LayerClass>();

/** The class of a layer that a plugin defined; undefined where none did. */
export function pluginClass(type: string): LayerClass | undefined {
  return classes.get(type);
}

/**
 * Adds a plugin's layer to those that {@link createLayer} makes and saved models may hold, in this thread.
 *
 * @param source What adds it, for messages, such as the path of a file.
 * @throws Error if the name is taken, or `define` returns no such class.
 */
export function definePlugin<Args>({ descriptor, define }: LayerPlugin<Args>, source: string): void {
  registerLayer(descriptor, source);
  const { type, className } = descriptor;
  const made: unknown = define({ tf: { ...core, ...layersPackage }, ops });
  if (!isLayerClass(made) || made.className !== className) {
    const received = isLayerClass(made) ? `className "${made.className}"` : 'no subclass of tf.layers.Layer';
    throw new Error(
      `layer "${type}": define must return a subclass of tf.layers.Layer with \`static className = '${className}'\`; received ${received}.`,
    );
  }
  const table = core.serialization.SerializationMap.getMap().classNameMap;
  if (table[className] !== undefined && !classes.has(type)) {
    throw new Error(`layer "${type}": className "${className}" is already a class of tf.layers. Choose another.`);
  }
  core.serialization.registerClass(made);
  classes.set(type, made);
}

function isLayerClass(value: unknown): value is LayerClass {
  return typeof value === 'function' && value.prototype instanceof layersPackage.layers.Layer;
}
