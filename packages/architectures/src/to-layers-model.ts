import { createLayer } from '@ablate/layers';
import { describeLayer, initializeWeight, type Shape, type WeightSpec } from '@ablate/layers/schema';
import { randomStream } from '@ablate/random';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { GraphModel } from './graph-model.ts';
import { type Graph, INPUT } from './schema/graph.ts';
import { inspectGraph } from './schema/inspect.ts';

/** Options of {@link toLayersModel}. */
export interface ToLayersModelOptions {
  /** Decides the initial weights: a safe integer ≥ 0. */
  seed: number;
}

type Layer = LayersModel['layers'][number];

/**
 * The model of a graph on the current backend: [batch, …inputShape] → [batch, …shape of the output node]. Layers are
 * named by their nodes' ids.
 *
 * Each weight's initial values come from the stream `init/<node id>/<weight>` of the seed: the same bits on every
 * backend, and unchanged by whatever layers are added elsewhere. Dispose the model when it is no longer needed.
 *
 * @throws ShapeError if a layer can't take its input.
 */
export function toLayersModel(graph: Graph, { seed }: ToLayersModelOptions): LayersModel {
  const facts = inspectGraph(graph);
  const start = input({ shape: [...graph.inputShape], name: INPUT });
  const outputs = new Map<string, SymbolicTensor>([[INPUT, start]]);
  const layers = new Map<string, Layer>();
  for (const node of graph.nodes) {
    const layer = createLayer(node.layer, node.args, node.id);
    // Zeros while building: the initial values are written below.
    layer.setFastWeightInitDuringBuild(true);
    const inputs = node.inputs.map((id) => outputOf(outputs, id));
    const [first] = inputs;
    const several = describeLayer(node.layer).inputs === 'several';
    const output = layer.apply(several || first === undefined ? inputs : first);
    outputs.set(node.id, onlySymbol(output, node.id));
    layers.set(node.id, layer);
  }
  const built = new GraphModel(graph, { layers, input: start, output: outputOf(outputs, graph.output) });
  for (const { id, weights } of facts) {
    const layer = layers.get(id);
    if (layer !== undefined && weights.length > 0) writeInitialWeights(layer, id, weights, seed);
  }
  return built;
}

function writeInitialWeights(layer: Layer, id: string, weights: readonly WeightSpec[], seed: number): void {
  const places = layer.weights.map(({ originalName, shape }) => ({
    name: originalName.slice(originalName.lastIndexOf('/') + 1),
    shape: shape.map(Number),
  }));
  if (places.length !== weights.length || layer.trainableWeights.length !== weights.filter(isTrainable).length) {
    throw new Error(
      `internal: layer "${id}" has the weights ${places.map(({ name }) => name).join(', ')}; its descriptor says ${weights.map(({ name }) => name).join(', ')}.`,
    );
  }
  tf.tidy(() => {
    const values = places.map(({ name, shape }) => {
      const spec = weights.find((weight) => weight.name === name);
      if (spec === undefined || !sameShape(spec.shape, shape)) {
        throw new Error(
          `internal: layer "${id}" has a weight "${name}" of shape [${shape.join(', ')}]; its descriptor says ${spec === undefined ? 'nothing of it' : `[${spec.shape.join(', ')}]`}.`,
        );
      }
      return tf.tensor(initializeWeight(spec, randomStream(seed, `init/${id}/${name}`)), shape);
    });
    layer.setWeights(values);
  });
}

function isTrainable({ trainable }: WeightSpec): boolean {
  return trainable;
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

function outputOf(outputs: ReadonlyMap<string, SymbolicTensor>, id: string): SymbolicTensor {
  const output = outputs.get(id);
  if (output === undefined) throw new Error(`toLayersModel: the graph must hold the node "${id}" before its users.`);
  return output;
}

function onlySymbol(output: ReturnType<Layer['apply']>, id: string): SymbolicTensor {
  if (Array.isArray(output) || output instanceof tf.Tensor) {
    throw new Error(`internal: layer "${id}" must give one symbolic tensor.`);
  }
  return output;
}
