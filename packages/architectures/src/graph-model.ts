import { type LayerCall, sumOf } from '@ablate/layers';
import * as tf from '@tensorflow/tfjs-core';
import { LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { fuse } from './fuse-nodes.ts';
import { type Graph, type GraphNode, INPUT } from './schema/graph.ts';

type Layer = LayersModel['layers'][number];

/** One op of a model: what it computes from the outputs of other nodes. */
interface Step {
  /** The node whose output it is. */
  id: string;
  inputs: readonly string[];
  run: LayerCall;
}

/** Layers of a graph by id, and its ends as tf.layers has them. */
export interface GraphParts {
  layers: ReadonlyMap<string, Layer>;
  input: SymbolicTensor;
  output: SymbolicTensor;
}

/**
 * A LayersModel that computes a graph with few ops: where nothing else takes a layer's output, the layer after it is
 * computed in the same pass if there is one for both (see fuse-nodes.ts). It has the stock layers' topology and saves as such; a model made of its inner
 * outputs, and `predict`, run layer by layer with the same values.
 */
export class GraphModel extends LayersModel {
  readonly #steps: readonly Step[];
  readonly #output: string;
  /** How many steps take each output, and the result itself. */
  readonly #takers: ReadonlyMap<string, number>;

  constructor(graph: Graph, { layers, input, output }: GraphParts) {
    super({ inputs: input, outputs: output, name: 'network' });
    this.#steps = stepsOf(graph, layers);
    this.#output = graph.output;
    this.#takers = takersOf(this.#steps, graph.output);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Record<string, unknown> = {}): tf.Tensor {
    return tf.tidy(() => {
      const [x, ...others] = [inputs].flat();
      if (x === undefined || others.length > 0) {
        throw new Error(`${this.name}: takes one tensor; received ${others.length + (x === undefined ? 0 : 1)}.`);
      }
      const outputs = new Map([[INPUT, x]]);
      const left = new Map(this.#takers);
      for (const { id, inputs: taken, run } of this.#steps) {
        const tensors = taken.map((name) => outputOf(outputs, name));
        const output = run(tensors, kwargs);
        // A layer may hand on its input, which is disposed of below.
        outputs.set(id, tensors.includes(output) ? tf.clone(output) : output);
        for (const name of taken) {
          const rest = (left.get(name) ?? 0) - 1;
          left.set(name, rest);
          // In training the backward pass may need it; the input is the caller's.
          if (rest === 0 && name !== INPUT && kwargs['training'] !== true) outputOf(outputs, name).dispose();
        }
      }
      return outputOf(outputs, this.#output);
    });
  }
}

function stepsOf(graph: Graph, layers: ReadonlyMap<string, Layer>): Step[] {
  const takers = takersOf(graph.nodes, graph.output);
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const taken = new Set<string>();
  const onlyFor = (id = '') => (takers.get(id) === 1 ? nodes.get(id) : undefined);
  const steps = graph.nodes.map((node): Step => {
    const { run, inputs, passed } = fuse(node, { onlyFor, layerOf: ({ id }) => layerOf(layers, id) }) ?? {
      run: callOf(node, layerOf(layers, node.id)),
      inputs: node.inputs,
      passed: [],
    };
    for (const { id } of passed) taken.add(id);
    return { id: node.id, inputs, run };
  });
  return steps.filter(({ id }) => !taken.has(id));
}

function callOf({ layer: type }: GraphNode, layer: Layer): LayerCall {
  if (type === 'add') return sumOf;
  return (inputs, kwargs) => {
    const [first] = inputs;
    const output = layer.call(inputs.length === 1 && first !== undefined ? first : inputs, kwargs);
    if (Array.isArray(output)) throw new Error(`internal: layer "${layer.name}" must give one tensor.`);
    return output;
  };
}

function takersOf(steps: readonly Pick<Step, 'inputs'>[], output: string): Map<string, number> {
  const takers = new Map([[output, 1]]);
  for (const id of steps.flatMap(({ inputs }) => inputs)) takers.set(id, (takers.get(id) ?? 0) + 1);
  return takers;
}

function layerOf(layers: ReadonlyMap<string, Layer>, id: string): Layer {
  const layer = layers.get(id);
  if (layer === undefined) throw new Error(`internal: the model has no layer "${id}".`);
  return layer;
}

function outputOf(outputs: ReadonlyMap<string, tf.Tensor>, id: string): tf.Tensor {
  const output = outputs.get(id);
  if (output === undefined) throw new Error(`internal: the node "${id}" must be computed before its users.`);
  return output;
}
