import { describeLayer, type Shape, ShapeError } from '@ablate/layers/schema';
import { describeValue, isMap } from '../describe-value.ts';
import { type Graph, type GraphNode, INPUT } from '../graph.ts';
import { layerFromConfig } from './layer-from-config.ts';

/** A layer of a topology, with the names of those it takes its inputs from. */
interface SavedLayer {
  name: string;
  className: string;
  config: Record<string, unknown>;
  inputs: string[];
}

interface SavedModel {
  layers: SavedLayer[];
  output: string;
}

const models = new Set(['Model', 'Functional', 'Sequential']);

/**
 * The graph of a model as it is saved: the `modelTopology` of a `model.json` that tfjs wrote, or that its converter made of
 * a Keras 2 model. Ids are the layers' names; layers of a model inside it go on from its name: `backbone/conv1`. Reads no
 * weights and loads no tensors.
 *
 * @throws Error if it is no such topology, has several inputs or outputs, uses a layer twice, or holds layers that no
 * descriptor knows; of the last all are named.
 */
export function graphFromTopology(topology: unknown): Graph {
  const model = isMap(topology) && isMap(topology['model_config']) ? topology['model_config'] : topology;
  if (!isMap(model) || typeof model['class_name'] !== 'string' || !models.has(model['class_name'])) {
    throw new Error(
      `graphFromTopology: the topology must be that of a layers model, with the class_name ${[...models].join(', ')}; received ${describeValue(isMap(model) ? model['class_name'] : model)}.`,
    );
  }
  const reader = new TopologyReader();
  const output = reader.model(model, '', null);
  if (reader.problems.length > 0) {
    throw new Error(`graphFromTopology: every layer must be one that can be described. ${reader.problems.join('; ')}.`);
  }
  return { inputShape: reader.inputShape, nodes: reader.nodes, output };
}

class TopologyReader {
  readonly nodes: GraphNode[] = [];
  readonly problems: string[] = [];
  inputShape: Shape = [];
  readonly #shapes = new Map<string, Shape | null>();

  /**
   * Appends the layers of a model; returns the id of its output.
   *
   * @param outer The id that its input stands for; null for the model as a whole.
   */
  model(model: Record<string, unknown>, prefix: string, outer: string | null): string {
    const { layers, output } = readModel(model);
    const ids = new Map<string, string>();
    let waiting = layers;
    while (waiting.length > 0) {
      const ready = waiting.filter(({ inputs }) => inputs.every((input) => ids.has(input)));
      if (ready.length === 0) {
        throw new Error(`graphFromTopology: "${waiting[0]?.name}" must come after its inputs; they are not there.`);
      }
      for (const layer of ready) ids.set(layer.name, this.#layer(layer, ids, prefix, outer));
      waiting = waiting.filter(({ name }) => !ids.has(name));
    }
    const id = ids.get(output);
    if (id === undefined) throw new Error(`graphFromTopology: the output "${output}" must be a layer; there is none.`);
    return id;
  }

  #layer(layer: SavedLayer, ids: ReadonlyMap<string, string>, prefix: string, outer: string | null): string {
    const inputs = layer.inputs.map((input) => ids.get(input) ?? input);
    if (layer.className === 'InputLayer') return this.#input(layer, outer);
    const id = `${prefix}${layer.name}`;
    if (models.has(layer.className)) {
      const [only = INPUT, ...others] = inputs;
      if (others.length > 0) throw new Error(`graphFromTopology: the model "${id}" must have one input.`);
      return this.model({ class_name: layer.className, config: layer.config }, `${id}/`, only);
    }
    const shapes = inputs.map((input) => this.#shapes.get(input) ?? null);
    try {
      const known = shapes.filter((shape) => shape !== null);
      const read = layerFromConfig(layer.className, layer.config, known);
      this.nodes.push({ id, layer: read.layer, args: read.args, inputs, origin: [] });
      const complete = known.length === shapes.length;
      this.#shapes.set(id, complete ? describeLayer(read.layer).outputShape(read.args, known) : null);
    } catch (error) {
      if (!(error instanceof Error) || error.name === 'TypeError') throw error;
      const sentence = error instanceof ShapeError ? `it can't take its input (${error.message})` : error.message;
      this.problems.push(`"${id}" (${layer.className}): ${sentence}`);
      this.#shapes.set(id, null);
    }
    return id;
  }

  #input({ name, config }: SavedLayer, outer: string | null): string {
    if (outer !== null) return outer;
    if (this.#shapes.has(INPUT)) throw new Error('graphFromTopology: the model must have one input; it has several.');
    const written = inputShapeOf(config);
    const shape = Array.isArray(written) ? written.slice(1) : [];
    if (shape.length === 0 || !shape.every((extent): extent is number => typeof extent === 'number')) {
      throw new Error(
        `graphFromTopology: the input "${name}" must have a fixed shape; received ${JSON.stringify(written)}. Build the model with the size of its images.`,
      );
    }
    this.inputShape = shape;
    this.#shapes.set(INPUT, shape);
    return INPUT;
  }
}

function readModel({ class_name: className, config }: Record<string, unknown>): SavedModel {
  const written = Array.isArray(config) ? config : isMap(config) ? config['layers'] : undefined;
  if (!Array.isArray(written)) {
    throw new Error('graphFromTopology: a model must have a list of layers; there is none.');
  }
  if (className === 'Sequential') return sequential(written);
  const layers = written.map((layer: unknown) => readLayer(layer, inboundNames));
  return { layers, output: onlyName(isMap(config) ? config['output_layers'] : undefined) };
}

/** Each layer takes the one before; the first may carry the shape of the input. */
function sequential(written: unknown[]): SavedModel {
  const layers = written.map((layer) => readLayer(layer, () => []));
  const [first] = layers;
  if (first === undefined) throw new Error('graphFromTopology: a model must have layers; it has none.');
  if (first.className !== 'InputLayer') {
    const shape = inputShapeOf(first.config);
    layers.unshift({
      name: `${first.name}_input`,
      className: 'InputLayer',
      config: { batch_input_shape: shape },
      inputs: [],
    });
  }
  for (const [index, layer] of layers.entries()) {
    const before = layers[index - 1];
    if (before !== undefined) layer.inputs = [before.name];
  }
  return { layers, output: layers.at(-1)?.name ?? '' };
}

/** Of a first layer, or of the first layer of a model that is one. */
function inputShapeOf(config: Record<string, unknown>): unknown {
  const shape = config['batch_input_shape'] ?? config['batch_shape'];
  const [first]: unknown[] = Array.isArray(config['layers']) ? config['layers'] : [];
  if (shape !== undefined || !isMap(first) || !isMap(first['config'])) return shape;
  return inputShapeOf(first['config']);
}

function readLayer(layer: unknown, inputsOf: (nodes: unknown, name: string) => string[]): SavedLayer {
  const { class_name: className, config } = isMap(layer) ? layer : {};
  const inner: unknown = isMap(config) ? config['name'] : undefined;
  const outer: unknown = isMap(layer) ? layer['name'] : undefined;
  const name = typeof outer === 'string' ? outer : inner;
  if (typeof className !== 'string' || typeof name !== 'string' || !isMap(layer)) {
    throw new Error(`graphFromTopology: a layer must have a class_name and a name; received ${describeValue(layer)}.`);
  }
  return { name, className, config: isMap(config) ? config : {}, inputs: inputsOf(layer['inbound_nodes'], name) };
}

/** `[[[name, nodeIndex, tensorIndex, kwargs], …]]`: one call, its inputs. */
function inboundNames(nodes: unknown, name: string): string[] {
  const calls: unknown[] = Array.isArray(nodes) ? nodes : [];
  if (calls.length > 1) {
    throw new Error(
      `graphFromTopology: "${name}" must be used once; it is used ${calls.length} times, with the same weights.`,
    );
  }
  const [call = []] = calls;
  if (!Array.isArray(call)) {
    throw new Error(
      `graphFromTopology: "${name}" must be saved as Keras 2 or tfjs do; its inputs are ${describeValue(call)}.`,
    );
  }
  return call.map((input: unknown) => {
    const from: unknown = Array.isArray(input) ? input[0] : undefined;
    if (typeof from !== 'string') {
      throw new Error(`graphFromTopology: the inputs of "${name}" must have names; received ${describeValue(input)}.`);
    }
    return from;
  });
}

function onlyName(layers: unknown): string {
  const [first, ...others]: unknown[] = Array.isArray(layers) ? layers : [];
  // Keras writes a single one without the outer list.
  const name = Array.isArray(first) ? (first[0] as unknown) : first;
  if (typeof name !== 'string' || (Array.isArray(first) && others.length > 0)) {
    throw new Error('graphFromTopology: the model must have one output; it has none, or several.');
  }
  return name;
}
